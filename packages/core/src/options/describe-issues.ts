import * as v from 'valibot';
import { describeValue } from '../describe-value.js';
import { findNearest } from './find-nearest.js';

type Schema = v.GenericSchema<unknown, unknown>;
type Issue = v.BaseIssue<unknown>;

const isUnknownKey = (issue: Issue): boolean => issue.type === 'strict_object' && issue.expected === 'never';
const isMissingKey = (issue: Issue): boolean => issue.received === 'undefined' && /_?object$/.test(issue.type);

/** A copy of `value` without the key at the end of `path`; undefined where that cannot be done. */
function omitAt(value: unknown, path: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [key, ...rest] = path as PropertyKey[];
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<PropertyKey, unknown>;
  if (rest.length === 0) delete copy[key!];
  else copy[key!] = omitAt(copy[key!], rest);
  return copy;
}

/**
 * All issues of `value`. valibot's strictObject stops at the first unknown key of an object, so each one found is
 * left out and the rest looked at again.
 */
function collectIssues(schema: Schema, value: unknown, issues: readonly Issue[]): readonly Issue[] {
  const unknownKeys: Issue[] = [];
  let remaining = issues;
  let rest = value;
  for (let round = 0; round < 100; round++) {
    const found = remaining.filter(isUnknownKey);
    if (found.length === 0) break;
    unknownKeys.push(...found);
    for (const issue of found) rest = omitAt(rest, issue.path?.map((item) => item.key) ?? []);
    remaining = v.safeParse(schema, rest).issues ?? [];
  }
  return [...remaining, ...unknownKeys];
}

/** The names that an object schema knows, as far as they can be seen from outside. */
function knownKeys(schema: Schema, path: readonly unknown[]): readonly string[] {
  let current: unknown = schema;
  for (const key of path) {
    while (typeof current === 'object' && current !== null && 'wrapped' in current) current = current.wrapped;
    const entries = (current as { entries?: Record<string, unknown> } | undefined)?.entries;
    current = entries?.[String(key)];
  }
  while (typeof current === 'object' && current !== null && 'wrapped' in current) current = current.wrapped;
  return Object.keys((current as { entries?: Record<string, unknown> } | undefined)?.entries ?? {});
}

function describeIssue(schema: Schema, issue: Issue): string {
  const path = v.getDotPath(issue) ?? '';
  if (isUnknownKey(issue)) {
    const keys = issue.path?.map((item) => item.key) ?? [];
    const nearest = findNearest(String(keys.at(-1)), knownKeys(schema, keys.slice(0, -1)));
    return `${path}: unknown key${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
  }
  if (isMissingKey(issue) && path !== '') return `${path}: missing`;
  const standard = issue.message.startsWith('Invalid');
  const expected = issue.expected ?? issue.type.replaceAll('_', ' ');
  const text = standard ? `expected ${expected}, got ${describeValue(issue.input)}` : issue.message;
  return path === '' ? text : `${path}: ${text}`;
}

/**
 * Every problem of a value that a schema did not accept, each with its path.
 *
 * @param schema - a valibot schema
 * @param value - the value
 * @param issues - what valibot found
 */
export function describeIssues(schema: Schema, value: unknown, issues: readonly Issue[]): string[] {
  return collectIssues(schema, value, issues).map((issue) => describeIssue(schema, issue));
}
