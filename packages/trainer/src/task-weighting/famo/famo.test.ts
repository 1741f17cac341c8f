import { InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { largestDifference, lossesOnly } from '../context-fixtures.js';
import { type FamoOptions, famo } from './famo.js';

type Step = { readonly before: readonly number[]; readonly after: readonly number[] };

async function follow(steps: readonly Step[], options: FamoOptions = {}) {
  const rule = famo({ minimumLoss: 0, ...options });
  let state = rule.init(steps[0]!.before.map(String));
  const all: (readonly number[])[] = [];
  for (const step of steps) {
    state = await rule.update(state, lossesOnly(step.before));
    all.push(rule.weights(state));
    state = rule.observe!(state, step);
  }
  return { all, state };
}

describe('famo', () => {
  // The losses of the first step fall by 20 % and 50 %.
  const steps = [
    { before: [1, 0.5], after: [0.8, 0.25] },
    { before: [0.8, 0.2], after: [0.4, 0.19] },
    { before: [0.4, 0.2], after: [0.4, 0.2] },
  ];

  it('follows two steps worked out by hand', async () => {
    const [gamma, rate] = [0.1, 0.05];
    const { all } = await follow(steps, { gamma, learningRate: rate, minimumLoss: 0 });
    // ξ = 0: z / L = 0.5 / 1 and 0.5 / 0.5, scaled to the sum one.
    expect(largestDifference(all[0]!, [1 / 3, 2 / 3])).toBeLessThan(1e-5);
    // δ_1 = z_1 z_2 (log 1.25 - log 2) = -δ_2: Adam's first step is one rate, up for the task that fell less.
    const xi = [rate, -rate];
    const z = 1 / (1 + Math.exp(xi[1]! - xi[0]!));
    const weightsOf = (share: number, [a, b]: readonly number[]) => {
      const [x, y] = [share / a!, (1 - share) / b!];
      return [x / (x + y), y / (x + y)];
    };
    expect(largestDifference(all[1]!, weightsOf(z, [0.8, 0.2]))).toBeLessThan(1e-5);
    // The second step of Adam, bias-corrected, on δ + γ ξ.
    const first = 0.25 * Math.log(1.25 / 2);
    const second = z * (1 - z) * (Math.log(2) - Math.log(0.2 / 0.19)) + gamma * rate;
    const m = (0.1 * 0.9 * first + 0.1 * second) / (1 - 0.81);
    const v = (0.001 * 0.999 * first ** 2 + 0.001 * second ** 2) / (1 - 0.999 ** 2);
    const next = rate - (rate * m) / Math.sqrt(v);
    const share = 1 / (1 + Math.exp(-2 * next));
    expect(largestDifference(all[2]!, weightsOf(share, [0.4, 0.2]))).toBeLessThan(1e-5);
  });

  it('has weights of the sum one', async () => {
    for (const weights of (await follow(steps)).all) expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
  });

  it('takes steps in the same direction for losses on other scales', async () => {
    const scales = [50, 0.2];
    const rescale = (losses: readonly number[]) => losses.map((loss, task) => loss * scales[task]!);
    const scaled = steps.map(({ before, after }) => ({ before: rescale(before), after: rescale(after) }));
    const [own, other] = [await follow(steps), await follow(scaled)];
    for (const [step, weights] of own.all.entries()) {
      // The gradient of a scaled loss is scaled too, so that w_i k_i must have the proportions of w_i.
      const effective = other.all[step]!.map((weight, task) => weight * scales[task]!);
      expect(effective[0]! / effective[1]!).toBeCloseTo(weights[0]! / weights[1]!, 4);
    }
  });

  it('forgets old steps where gamma says so', async () => {
    const still = { before: [1, 1], after: [1, 1] };
    const run = [steps[0]!, ...Array.from({ length: 300 }, () => still)];
    const spread = async (gamma: number) => Math.abs((await follow(run, { gamma })).state.adam.values[0]!);
    expect(await spread(0.1)).toBeLessThan(0.2 * (await spread(0)));
  });

  it('takes losses at and below their minimum', async () => {
    const { all } = await follow([{ before: [-1e-4, -2e-4, 0.3], after: [-1e-4, -1e-4, 0.2] }], { minimumLoss: -1e-4 });
    expect(all[0]!.every(Number.isFinite)).toBe(true);
  });

  it('refuses options out of range', () => {
    expect(() => famo({ gamma: -1 })).toThrow(InvalidOptionError);
  });
});
