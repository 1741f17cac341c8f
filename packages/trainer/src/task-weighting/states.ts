import { CheckpointFormatError, parseWith } from '@sofd/core';
import * as v from 'valibot';

/** Numbers that JSON can hold, one a task. */
export const finiteNumbers = v.array(v.pipe(v.number(), v.finite()));

/** What Adam remembers of a few numbers, in a file. */
export const adamSchema = v.pipe(
  v.strictObject({
    values: finiteNumbers,
    step: v.pipe(v.number(), v.integer(), v.minValue(0)),
    m: finiteNumbers,
    v: finiteNumbers,
  }),
  v.check(
    ({ values, m, v: squares }) => values.length === m.length && values.length === squares.length,
    'expected as many numbers in m and v as in values',
  ),
);

/** The state of a rule that remembers nothing but its last weights. */
export const weightsSchema = v.strictObject({ weights: finiteNumbers });

/** The weights of a rule that remembers nothing else. */
export interface WeightsState {
  readonly weights: readonly number[];
}

/**
 * Reads the state of a rule from a file.
 *
 * @param schema - of the state
 * @param name - of the rule, for the message
 * @returns a function for `TaskWeighting.restore`
 */
export const restoreWith =
  <State>(schema: v.GenericSchema<unknown, State>, name: string) =>
  (json: unknown): State =>
    parseWith(schema, json, `state of the weighting ${name}`, CheckpointFormatError);
