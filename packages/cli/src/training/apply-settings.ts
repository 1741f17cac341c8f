import { dirname, relative, resolve } from 'node:path';
import { InvalidOptionError } from '@sofd/core';

/** Keys of an experiment by options of the command line. */
export interface ExperimentSettings {
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly seed?: number | string;
  /** A kind of task weighting, with the defaults of its kind. */
  readonly weighting?: string;
  /** Any key as `key.path=value`; the value is JSON, or else text; `null` takes the key out. */
  readonly set?: readonly string[];
}

interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Of each pair an experiment has one: setting the one takes the other out. */
const alternatives: readonly (readonly [string, string])[] = [
  ['steps', 'epochs'],
  ['data.folder', 'data.photographs'],
];

/** Keys whose values are paths: on the command line they are relative to where it is typed. */
const pathKeys = ['data.folder', 'data.photographs', 'initialCheckpoint'];

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseSet(text: string): Setting {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined)
    throw new InvalidOptionError(
      `--set: expected key.path=value, got ${text}; for instance --set earlyStop.patience=3.`,
    );
  return { path: key.split('.'), value: parseValue(value!) ?? undefined };
}

/** A copy of an object with one key set, or taken out where the value is undefined. */
function setAt(target: unknown, [key, ...rest]: readonly string[], value: unknown, where: string): unknown {
  if (key === undefined) return value;
  if (target !== undefined && (typeof target !== 'object' || target === null || Array.isArray(target)))
    throw new InvalidOptionError(
      `--set: expected the key of an object, got ${where} inside of a plain value; look at its key.`,
    );
  const { [key]: before, ...others } = (target ?? {}) as Record<string, unknown>;
  const after = setAt(before, rest, value, where);
  return after === undefined ? others : { ...others, [key]: after };
}

function relativeTo(file: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => relativeTo(file, one));
  return typeof value === 'string' && !value.startsWith('npm:')
    ? relative(dirname(resolve(file)), resolve(value))
    : value;
}

function* listSettings({ weighting, set = [], ...flags }: ExperimentSettings): Generator<Setting> {
  for (const key of ['steps', 'batchSize', 'learningRate', 'weightDecay', 'seed'] as const)
    if (flags[key] !== undefined) yield { path: [key], value: flags[key] };
  if (weighting !== undefined) yield { path: ['weighting'], value: { kind: weighting } };
  yield* set.map(parseSet);
}

/**
 * Sets keys of an experiment; the result is checked like any other.
 *
 * @param content - what the experiment file holds
 * @param settings - those of the command line
 * @param file - the experiment file, to which paths in it are relative
 */
export function applySettings(content: unknown, settings: ExperimentSettings, file: string): unknown {
  let result = content;
  for (const { path, value } of listSettings(settings)) {
    const key = path.join('.');
    const other = alternatives.find((pair) => pair.includes(key))?.find((one) => one !== key);
    if (other !== undefined) result = setAt(result, other.split('.'), undefined, other);
    result = setAt(result, path, pathKeys.includes(key) ? relativeTo(file, value) : value, key);
  }
  return result;
}
