import type * as v from 'valibot';
import { InvalidOptionError } from '../errors/index.js';
import { parseWith } from './parse-with.js';

/**
 * Checks options that a caller gave; the same as {@link parseWith} with an {@link InvalidOptionError}.
 *
 * @param schema - a valibot schema; use `strictObject`, so that unknown keys are errors
 * @param value - the options
 * @param where - the function they were given to
 * @returns the options with the schema's defaults filled in
 * @throws InvalidOptionError with all problems and their paths
 * @example
 * ```ts
 * const schema = v.strictObject({ size: v.optional(v.pipe(v.number(), v.minValue(1)), 224) });
 * parseOptions(schema, {}, 'crop'); // { size: 224 }
 * ```
 */
export function parseOptions<Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, where: string): Output {
  return parseWith(schema, value, where, InvalidOptionError);
}
