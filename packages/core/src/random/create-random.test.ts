import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, InvalidOptionError, type Random, restoreRandom } from '../index.js';
import { naturalLogarithm } from './natural-logarithm.js';

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const uniforms = (random: Random, count: number): number[] => draw(count, () => random.uniform());

/** Sum of (observed - expected)² / expected over equally likely cells. */
function chiSquare(cells: readonly number[]): number {
  const expected = cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
  return cells.reduce((sum, cell) => sum + (cell - expected) ** 2 / expected, 0);
}

function countCells(values: readonly number[], cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values) counts[value]! += 1;
  return counts;
}

function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB)));
  return covariance / Math.sqrt(mean(a.map((x) => (x - meanA) ** 2)) * mean(b.map((x) => (x - meanB) ** 2)));
}

describe('createRandom', () => {
  it('gives the numbers that it gave when this was written', () => {
    // Checked against a second implementation in another language when they were written down.
    const random = createRandom(7);
    expect(random.state()).toEqual({ seed: '7', words: [3866334428, 1450735883, 2702458205, 13] });
    expect(uniforms(random, 2)).toEqual([0.23797690123426807, 0.8418679067819934]);
    expect(random.integer(1000)).toBe(355);
    expect([random.normal(), random.normal()]).toEqual([-1.7828238192094072, -0.18743900011996148]);
    expect(random.shuffle([1, 2, 3, 4, 5, 6])).toEqual([3, 6, 4, 2, 1, 5]);
    expect(random.split('a/b').seed).toBe('7/a%2Fb');
    expect(random.split('a/b').uniform()).toBe(0.9912791975335564);
    expect(createRandom('\u{1f600}\u00e9').uniform()).toBe(0.1412051185701938);
  });

  it('takes a number and its text for the same seed, and others for others', () => {
    expect(uniforms(createRandom(1), 4)).toEqual(uniforms(createRandom('1'), 4));
    const first = new Set(draw(20_000, () => 0).map((_, seed) => createRandom(seed).uniform()));
    expect(first.size).toBe(20_000);
  });

  it('refuses what is no seed', () => {
    for (const seed of [Number.NaN, Infinity, undefined, null, {}])
      expect(() => createRandom(seed as number)).toThrow(InvalidOptionError);
  });

  // 99 degrees of freedom: mean 99, standard deviation 14.07; within 5 of them.
  it.each(['a', 'b', 'c'])('is uniform over 100 cells (seed %s)', (seed) => {
    const random = createRandom(seed);
    const cells = countCells(
      draw(100_000, () => Math.floor(random.uniform() * 100)),
      100,
    );
    expect(Math.abs(chiSquare(cells) - 99)).toBeLessThan(5 * 14.07);
    const integers = countCells(
      draw(100_000, () => random.integer(100)),
      100,
    );
    expect(Math.abs(chiSquare(integers) - 99)).toBeLessThan(5 * 14.07);
  });

  it('is uniform over seeds too: the first number of 100,000 streams', () => {
    const root = createRandom(0);
    const cells = countCells(
      draw(100_000, () => 0).map((_, key) => Math.floor(root.split(key).uniform() * 100)),
      100,
    );
    expect(Math.abs(chiSquare(cells) - 99)).toBeLessThan(5 * 14.07);
  });

  it('has normal numbers with the moments of a normal distribution', () => {
    const random = createRandom('normal');
    const values = draw(100_000, () => random.normal());
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Five standard errors: sqrt(var(x^k) / n) with variances 1, 2, 15 and 96.
    [0, 1, 0, 3].forEach((expected, index) => {
      const standardError = Math.sqrt([1, 2, 15, 96][index]! / values.length);
      expect(Math.abs(moment(index + 1) - expected)).toBeLessThan(5 * standardError);
    });
    expect(createRandom(3).normal(10, 0)).toBe(10);
    expect(createRandom(3).normal(10, 2)).toBe(10 + 2 * createRandom(3).normal());
  });

  it('stays within bounds', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9 }),
        (seed, low, width) => {
          fc.pre(!Number.isNaN(width));
          const value = createRandom(seed).uniformBetween(low, low + width);
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(low + width);
          if (low + width > low) expect(value).toBeLessThan(low + width);
        },
      ),
    );
    expect(createRandom(1).uniformBetween(2, 2)).toBe(2);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, count) => {
        const value = createRandom(seed).integer(count);
        expect(Number.isInteger(value) && value >= 0 && value < count).toBe(true);
      }),
    );
  });

  it('shuffles into every order equally often and leaves the items as they are', () => {
    const random = createRandom('shuffle');
    const items = Object.freeze(['a', 'b', 'c', 'd']);
    const orders = new Map<string, number>();
    for (let round = 0; round < 24_000; round++) {
      const order = random.shuffle(items).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    // 23 degrees of freedom: standard deviation 6.78.
    expect(Math.abs(chiSquare([...orders.values()]) - 23)).toBeLessThan(5 * 6.78);
    expect(items).toEqual(['a', 'b', 'c', 'd']);
  });

  it('picks every item', () => {
    const random = createRandom('pick');
    expect(new Set(draw(100, () => random.pick([3, 4, 5])))).toEqual(new Set([3, 4, 5]));
  });

  it('refuses arguments out of range', () => {
    const random = createRandom(1);
    for (const wrong of [
      () => random.integer(0),
      () => random.integer(1.5),
      () => random.integer(2 ** 33),
      () => random.pick([]),
      () => random.uniformBetween(2, 1),
      () => random.uniformBetween(0, Infinity),
      () => random.normal(0, -1),
      () => random.normal(Number.NaN),
      () => random.split(Number.NaN),
    ])
      expect(wrong).toThrow(InvalidOptionError);
  });
});

describe('split', () => {
  it('depends on the seed and the keys, not on what was drawn', () => {
    const [fresh, used] = [createRandom(5), createRandom(5)];
    uniforms(used, 13);
    used.split('other').uniform();
    expect(uniforms(used.split('a').split(2), 5)).toEqual(uniforms(fresh.split('a').split(2), 5));
  });

  it('does not draw from the stream that it splits', () => {
    const [plain, splitting] = [createRandom(5), createRandom(5)];
    splitting.split('a');
    expect(splitting.uniform()).toBe(plain.uniform());
  });

  it('gives streams that do not correlate with each other or with their parent', () => {
    const root = createRandom('root');
    const streams = [root, ...[0, 1, 2, 3, 4, 5, 6].map((key) => root.split(key)), root.split(0).split(0)];
    const values = streams.map((stream) => uniforms(stream, 10_000));
    // 36 correlations with standard error 1/sqrt(10,000); five of them.
    for (let a = 0; a < values.length; a++)
      for (let b = 0; b < a; b++) expect(Math.abs(correlate(values[a]!, values[b]!))).toBeLessThan(0.05);
  });

  it('gives different seeds for different keys, whatever characters they have', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 3 }), fc.array(fc.string(), { maxLength: 3 }), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const seedOf = (keys: readonly string[]) =>
          keys.reduce((random, key) => random.split(key), createRandom('s')).seed;
        expect(seedOf(a)).not.toBe(seedOf(b));
      }),
    );
  });

  it('is started anew by its seed', () => {
    const stream = createRandom(1).split('a/b%').split(3);
    expect(uniforms(createRandom(stream.seed), 3)).toEqual(uniforms(stream, 3));
  });
});

describe('restoreRandom', () => {
  it('continues where the stream stood', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), (seed, drawn) => {
        const random = createRandom(seed);
        uniforms(random, drawn);
        random.normal();
        const restored = restoreRandom(JSON.parse(JSON.stringify(random.state())));
        expect([restored.normal(), restored.integer(9), restored.split('k').uniform()]).toEqual([
          random.normal(),
          random.integer(9),
          random.split('k').uniform(),
        ]);
      }),
    );
  });

  it('takes a copy of the state', () => {
    const random = createRandom(1);
    const state = random.state();
    restoreRandom(state).uniform();
    expect(restoreRandom(state).uniform()).toBe(random.uniform());
  });

  it('refuses what is no state', () => {
    const wrong = { seed: 'a', words: [1, 2, 3, -4] } as const;
    expect(() => restoreRandom(wrong)).toThrow('restoreRandom: words.3: expected >=0, got -4.');
  });
});

describe('naturalLogarithm', () => {
  it('is Math.log to two units in the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        // Near 1 the logarithm is small but computed from a small s, so the error stays relative.
        expect(Math.abs(naturalLogarithm(x) - Math.log(x))).toBeLessThanOrEqual(2 * 2 ** -52 * Math.abs(Math.log(x)));
      }),
      { numRuns: 5000 },
    );
    expect(naturalLogarithm(1)).toBe(0);
  });
});
