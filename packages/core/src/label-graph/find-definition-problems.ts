import { describeValue } from '../describe-value.js';

/** Something wrong with a definition, and where. */
export interface DefinitionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** 2^20 states are a million rows of 20 bytes, and each of them is visited for every image. */
const maxLabels = 20;

type Path = readonly (string | number)[];
type Report = (path: Path, message: string) => void;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const stringsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** An object with exactly `keys`; an empty one where it is something else, so that checking can go on. */
function readObject(value: unknown, keys: readonly string[], path: Path, report: Report): Record<string, unknown> {
  if (!isRecord(value)) {
    report(path, `expected an object with ${keys.join(' and ')}, got ${describeValue(value)}`);
    return {};
  }
  for (const key of keys) if (!Object.hasOwn(value, key)) report([...path, key], 'missing');
  for (const key of Object.keys(value))
    if (!keys.includes(key)) report([...path, key], `unknown key; expected ${keys.join(' and ')}`);
  return value;
}

function checkPrompt(level: Record<string, unknown>, name: string, report: Report): void {
  if (!Object.hasOwn(level, 'prompt')) return;
  const prompt = level.prompt;
  if (typeof prompt !== 'string' || !prompt.includes('{label}'))
    report([name, 'prompt'], `expected a sentence that contains {label}, got ${describeValue(prompt)}`);
}

/** What is wrong with a name; undefined if nothing is. */
function judgeName(label: unknown): string | undefined {
  if (typeof label !== 'string') return `expected a label, got ${describeValue(label)}`;
  if (label.trim() !== label || label === '')
    return `expected a label without space at its ends, got ${describeValue(label)}`;
  // JavaScript moves integer-like keys of an object to the front, which would change the order of the labels.
  if (/^(0|[1-9]\d*)$/.test(label)) return `expected a word, got the integer-like label ${describeValue(label)}`;
  if (label === '__proto__') return 'expected a word, got "__proto__", which is no ordinary key of an object';
  return undefined;
}

function checkName(label: unknown, path: Path, report: Report): void {
  const problem = judgeName(label);
  if (problem !== undefined) report(path, problem);
}

function checkList(value: unknown, path: Path, report: Report): void {
  if (!Array.isArray(value)) {
    report(path, `expected a list of local labels, got ${describeValue(value)}`);
    return;
  }
  if (value.length === 0) report(path, 'expected at least one local label, got an empty list');
  const seen = new Set<unknown>();
  value.forEach((label, index) => {
    if (seen.has(label)) report([...path, index], `expected each label once, got ${describeValue(label)} again`);
    seen.add(label);
  });
}

function checkEdges(globals: Record<string, unknown>, locals: readonly string[], report: Report): void {
  const reached = new Set<string>();
  for (const [name, children] of Object.entries(globals)) {
    const path = ['global', 'labels', name];
    checkList(children, path, report);
    if (!Array.isArray(children)) continue;
    for (const child of stringsOf(children)) reached.add(child);
    children.forEach((child: unknown, index) => {
      if (typeof child !== 'string' || !locals.includes(child))
        report([...path, index], `expected one of local.labels, got ${describeValue(child)}`);
    });
  }
  locals.forEach((label, index) => {
    if (!reached.has(label))
      report(['local', 'labels', index], `"${label}" can never be altered: list it under a label of global.labels`);
  });
}

function checkUnique(names: readonly (readonly [string, Path])[], report: Report): void {
  const first = new Map<string, Path>();
  for (const [name, path] of names) {
    const earlier = first.get(name);
    // Within one list `checkList` has said it.
    if (earlier !== undefined && earlier[0] !== path[0])
      report(path, `"${name}" is already the label at ${earlier.join('.')}: names are unique across levels`);
    first.set(name, earlier ?? path);
  }
}

function checkCount(count: number, report: Report): void {
  if (count > maxLabels)
    report(
      [],
      `expected at most ${maxLabels} labels, got ${count}, whose states would be too many to enumerate; ` +
        'merge regions, or split the graph into several models',
    );
}

/**
 * Everything that is wrong with a label graph definition, found in one pass.
 *
 * @param value - the definition, from code or from a file
 * @returns an empty array where it is right
 */
export function findDefinitionProblems(value: unknown): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const report: Report = (path, message) => void problems.push({ path, message });
  const root = readObject(value, ['primary', 'global', 'local'], [], report);
  const readLevel = (name: string, keys: readonly string[]) =>
    Object.hasOwn(root, name) ? readObject(root[name], keys, [name], report) : {};
  const primary = readLevel('primary', ['prompt', 'label']);
  const global = readLevel('global', ['prompt', 'labels']);
  const local = readLevel('local', ['prompt', 'labels']);
  checkPrompt(primary, 'primary', report);
  checkPrompt(global, 'global', report);
  checkPrompt(local, 'local', report);

  if ('label' in primary) checkName(primary.label, ['primary', 'label'], report);
  if ('labels' in local) checkList(local.labels, ['local', 'labels'], report);
  if (Array.isArray(local.labels))
    local.labels.forEach((label, index) => {
      checkName(label, ['local', 'labels', index], report);
    });
  if ('labels' in global && !isRecord(global.labels))
    report(['global', 'labels'], `expected an object from label to local labels, got ${describeValue(global.labels)}`);
  const globals = isRecord(global.labels) ? global.labels : {};
  for (const name of Object.keys(globals)) checkName(name, ['global', 'labels', name], report);
  if (isRecord(global.labels) && Object.keys(globals).length === 0)
    report(['global', 'labels'], 'expected at least one global label, got none');

  const locals = stringsOf(local.labels);
  if ('labels' in local && 'labels' in global) checkEdges(globals, locals, report);
  const names: (readonly [string, Path])[] = [
    ...(typeof primary.label === 'string' ? [[primary.label, ['primary', 'label']] as const] : []),
    ...Object.keys(globals).map((name) => [name, ['global', 'labels', name]] as const),
    ...locals.map((name, index) => [name, ['local', 'labels', index]] as const),
  ];
  checkUnique(names, report);
  checkCount(names.length, report);
  return problems;
}
