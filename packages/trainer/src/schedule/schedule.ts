import { parseOptions } from '@sofd/core';
import * as v from 'valibot';

/** How the learning rate changes over a run: the factor for a step, counted from 0. */
export type Schedule = (step: number, run: { readonly batchesPerEpoch: number; readonly steps: number }) => number;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

export const scheduleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('constant') }),
  v.strictObject({
    kind: v.literal('cosine'),
    /** Epochs or steps from the full rate down to zero; the whole run where not given. */
    period: v.optional(count),
    /** Whether the rate changes every step or every epoch. */
    per: v.optional(v.picklist(['step', 'epoch']), 'step'),
    /** Steps over which the rate first rises linearly. */
    warmupSteps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    /** Leaves out the one epoch in a cycle whose rate is zero, as the published run did. */
    skipZero: v.optional(v.boolean(), false),
  }),
]);

/** A schedule as an option. */
export type ScheduleOptions = v.InferInput<typeof scheduleSchema>;

/** Where a position that counts on lies in a cycle of down and up again, without its zero if that is skipped. */
function positionInCycle(position: number, period: number, skipZero: boolean): number {
  if (!skipZero) return position;
  const inCycle = position % (2 * period - 1);
  return inCycle < period ? inCycle : inCycle + 1;
}

/**
 * A schedule of the learning rate.
 *
 * `constant`: 1. `cosine`: (1 + cos(π t / T)) / 2 at epoch or step t, which rises again after T as PyTorch's does.
 *
 * @param options - what to do
 * @returns the factor of a step
 * @throws InvalidOptionError with all problems
 * @example
 * ```ts
 * // The published recipe: five epochs down, five up, and so on.
 * const schedule = createSchedule({ kind: 'cosine', period: 5, per: 'epoch', skipZero: true });
 * ```
 * @see method.md section 6
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  const parsed = parseOptions(scheduleSchema, options, 'createSchedule');
  if (parsed.kind === 'constant') return () => 1;
  const { period, per, warmupSteps, skipZero } = parsed;
  return (step, { batchesPerEpoch, steps }) => {
    const whole = per === 'step' ? Math.max(1, steps) : Math.max(1, Math.ceil(steps / batchesPerEpoch));
    const position = per === 'step' ? step : Math.floor(step / batchesPerEpoch);
    const length = period ?? whole;
    const angle = (Math.PI * positionInCycle(position, length, skipZero)) / length;
    const warmup = step < warmupSteps ? (step + 1) / warmupSteps : 1;
    return (warmup * (1 + Math.cos(angle))) / 2;
  };
}
