import * as v from 'valibot';
import type { SofdErrorClass } from '../errors/index.js';
import { describeIssues } from './describe-issues.js';
import { formatProblems } from './format-problems.js';

/**
 * Checks a value from outside (options, a file) against a schema and reports every problem in one throw.
 *
 * @param schema - a valibot schema; use `strictObject`, so that unknown keys are errors
 * @param value - what came from outside
 * @param where - what is checked, the start of the message: a function name or a file name
 * @param ErrorClass - the class to throw
 * @returns the checked value, with the schema's defaults filled in
 * @throws ErrorClass with all problems and their paths, in the message and in `problems`
 * @example
 * ```ts
 * const schema = v.strictObject({ name: v.string() });
 * parseWith(schema, { name: 'a' }, 'manifest.json', CheckpointFormatError); // { name: 'a' }
 * let problems;
 * try {
 *   parseWith(schema, { nmae: 'a' }, 'manifest.json', CheckpointFormatError);
 * } catch (error) {
 *   if (error instanceof CheckpointFormatError) problems = error.problems;
 * }
 * problems; // ['name: missing', 'nmae: unknown key (did you mean name?)']
 * ```
 */
export function parseWith<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  where: string,
  ErrorClass: SofdErrorClass,
): Output {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const problems = describeIssues(schema, value, result.issues);
  throw new ErrorClass(formatProblems(where, problems), { problems });
}
