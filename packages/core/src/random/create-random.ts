import * as v from 'valibot';
import { describeValue } from '../describe-value.js';
import { InvalidOptionError } from '../errors/index.js';
import { parseOptions } from '../options/index.js';
import { hashText } from './hash.js';
import { naturalLogarithm } from './natural-logarithm.js';
import type { Random, RandomState } from './random.js';

type Words = [number, number, number, number];

/** One step of the generator sfc32: three mixed words and a counter, so that no stream is shorter than 2^32 draws. */
function advance(words: Words): number {
  const [a, b, c, counter] = words;
  const result = (a + b + counter) | 0;
  words[0] = (b ^ (b >>> 9)) >>> 0;
  words[1] = (c + (c << 3)) >>> 0;
  words[2] = (((c << 21) | (c >>> 11)) + result) >>> 0;
  words[3] = (counter + 1) >>> 0;
  return result >>> 0;
}

function createWords(seed: string): Words {
  const [a, b, c] = hashText(seed);
  const words: Words = [a, b, c, 1];
  // The generator's author lets twelve results pass, after which every seed bit has reached every word.
  for (let round = 0; round < 12; round++) advance(words);
  return words;
}

/** `/` separates keys in a seed, so it is escaped within them; then different keys never give the same seed. */
const escapeKey = (key: string): string => key.replaceAll('%', '%25').replaceAll('/', '%2F');

function readName(value: unknown, where: string): string {
  if (typeof value === 'string' || Number.isFinite(value)) return String(value);
  throw new InvalidOptionError(`${where}: expected a string or a finite number, got ${describeValue(value)}.`);
}

const fail = (method: string, expected: string, value: unknown): InvalidOptionError =>
  new InvalidOptionError(`random.${method}: expected ${expected}, got ${describeValue(value)}.`);

class SplittableRandom implements Random {
  readonly seed: string;
  readonly #words: Words;

  constructor(seed: string, words: Words) {
    this.seed = seed;
    this.#words = words;
  }

  uniform(): number {
    const high = advance(this.#words) >>> 5; // 27 bits
    const low = advance(this.#words) >>> 6; // 26 bits
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  uniformBetween(low: number, high: number): number {
    if (!(Number.isFinite(low) && low <= high && Number.isFinite(high - low)))
      throw fail('uniformBetween', 'finite bounds in ascending order', [low, high]);
    const value = low + (high - low) * this.uniform();
    // Rounding may reach the bound that is excluded.
    return value < high || low === high ? value : low;
  }

  normal(mean = 0, standardDeviation = 1): number {
    if (!Number.isFinite(mean)) throw fail('normal', 'a finite mean', mean);
    if (!(standardDeviation >= 0 && Number.isFinite(standardDeviation)))
      throw fail('normal', 'a standard deviation of at least 0', standardDeviation);
    // Marsaglia's polar method; its second number is not kept, so that a stream's state is its words alone.
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1)
        return mean + standardDeviation * x * Math.sqrt((-2 * naturalLogarithm(square)) / square);
    }
  }

  integer(count: number): number {
    if (!(Number.isInteger(count) && count >= 1 && count <= 2 ** 32))
      throw fail('integer', 'an integer from 1 to 2^32', count);
    // The last, incomplete run of `count` values is drawn again, else small results would be likelier.
    const limit = 2 ** 32 - (2 ** 32 % count);
    for (;;) {
      const value = advance(this.#words);
      if (value < limit) return value % count;
    }
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw fail('pick', 'at least one item', items);
    return items[this.integer(items.length)]!;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  split(key: string | number): Random {
    const seed = `${this.seed}/${escapeKey(readName(key, 'random.split'))}`;
    return new SplittableRandom(seed, createWords(seed));
  }

  state(): RandomState {
    return { seed: this.seed, words: [...this.#words] };
  }
}

/**
 * A seeded, splittable stream of random numbers (sfc32, seeded by a hash of the seed's text).
 *
 * Same seed, same numbers, on every machine and engine: only operations are used that IEEE 754 rounds exactly.
 * Not for secrets.
 *
 * @param seed - a string or finite number; 1 and '1' are the same seed. `random.seed` of another stream starts that anew
 * @throws InvalidOptionError for any other seed
 * @example
 * ```ts
 * const random = createRandom(7);
 * const order = random.split('order').shuffle(['a', 'b', 'c']);
 * const noise = random.split('noise').split(3).normal(); // does not depend on what was drawn before
 * random.split('noise').split(3).normal() === noise; // true
 * ```
 */
export function createRandom(seed: number | string): Random {
  const name = readName(seed, 'createRandom');
  return new SplittableRandom(name, createWords(name));
}

const word = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));

/** What `random.state()` returns, for files that hold one. */
export const randomStateSchema: v.GenericSchema<unknown, RandomState> = v.strictObject({
  seed: v.string(),
  words: v.tuple([word, word, word, word]),
});

/**
 * Continues a stream where it stood.
 *
 * @param state - what `random.state()` returned, also after a way through JSON
 * @throws InvalidOptionError if it is something else
 * @example
 * ```ts
 * const random = createRandom(1);
 * const saved = JSON.parse(JSON.stringify(random.state()));
 * restoreRandom(saved).uniform() === random.uniform(); // true
 * ```
 */
export function restoreRandom(state: RandomState): Random {
  const { seed, words } = parseOptions(randomStateSchema, state, 'restoreRandom');
  return new SplittableRandom(seed, [...words]);
}
