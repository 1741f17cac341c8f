import { InvalidOptionError } from '@sofd/core';
import { describeOracle } from '@sofd-internal/oracle';
import { describe, expect, it } from 'vitest';
import { createSchedule, type ScheduleOptions } from './schedule.js';

const run = { batchesPerEpoch: 4, steps: 40 };
const factors = (options: ScheduleOptions, steps: readonly number[]) => {
  const schedule = createSchedule(options);
  return steps.map((step) => schedule(step, run));
};

describe('createSchedule', () => {
  it('keeps a constant rate', () => {
    expect(factors({ kind: 'constant' }, [0, 10, 39])).toEqual([1, 1, 1]);
  });

  it('falls over the whole run as a cosine', () => {
    const [first, half, last] = factors({ kind: 'cosine' }, [0, 20, 39]);
    expect([first, half]).toEqual([1, expect.closeTo(0.5, 12)]);
    expect(last).toBeCloseTo((1 + Math.cos((Math.PI * 39) / 40)) / 2, 12);
  });

  it('changes only between epochs where that is asked for', () => {
    const values = factors({ kind: 'cosine', period: 5, per: 'epoch' }, [0, 3, 4, 7, 8]);
    expect(values[0]).toBe(values[1]);
    expect(values[2]).toBe(values[3]);
    expect(values[2]).toBeLessThan(values[1]!);
  });

  it('rises linearly at first', () => {
    const values = factors({ kind: 'cosine', period: 1e9, warmupSteps: 4 }, [0, 1, 3, 4]);
    for (const [i, factor] of [0.25, 0.5, 1, 1].entries()) expect(values[i]).toBeCloseTo(factor, 9);
  });

  it('refuses what it does not know', () => {
    expect(() => createSchedule({ kind: 'cosine', period: 0 })).toThrow(InvalidOptionError);
    expect(() => createSchedule({ kind: 'linear' } as never)).toThrow(InvalidOptionError);
  });
});

describeOracle('auto_lambda', (group) => {
  interface Rates {
    readonly base_lr: number;
    readonly T_max: number;
    readonly lr_used_in_epoch_official: readonly number[];
    readonly lr_without_zero_skip: readonly number[];
  }
  const rates = group.json<Rates>('lr_schedule.json');

  it.each([
    ['as published, without the epoch of rate zero', true, rates.lr_used_in_epoch_official],
    ['as the scheduler is defined', false, rates.lr_without_zero_skip],
  ] as const)('has the learning rate of every epoch %s', (_, skipZero, expected) => {
    const schedule = createSchedule({ kind: 'cosine', period: rates.T_max, per: 'epoch', skipZero });
    for (const [epoch, rate] of expected.entries()) {
      const mine = rates.base_lr * schedule(epoch * 4, { batchesPerEpoch: 4, steps: 4 * expected.length });
      // The reference multiplies its rate from epoch to epoch, which gathers some rounding errors of 1e-16.
      expect(Math.abs(mine - rate)).toBeLessThan(1e-13 * rates.base_lr);
    }
  });
});
