import { floatDtypes, isFloatDtype } from '../decode-floats.js';
import type { StoredTensor, StoredTensors } from '../weight-file.js';
import type { KeyMap, KeyRule, Size, SizeName } from './key-map.js';

/** What a file's keys say of a model. */
export interface KeyMatch {
  /** The sizes that most tensors agree on; undefined where none says one. */
  readonly sizes: Readonly<Partial<Record<SizeName, number>>>;
  readonly depths: { readonly vision: number; readonly text: number };
  /** One rule for each parameter, block numbers put in. */
  readonly rules: readonly KeyRule[];
  /** Every key that is missing, superfluous, of another shape or of another type. */
  readonly problems: readonly string[];
}

/** How many blocks the keys of a tower go up to; at least one, so that missing blocks are reported. */
function countBlocks(rules: readonly KeyRule[], tower: string, tensors: StoredTensors): number {
  const [prefix = ''] =
    rules.find(({ parameter }) => parameter.startsWith(`${tower}.blocks.#`))?.keys[0]?.split('#') ?? [];
  const numbers = [...tensors.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => Number.parseInt(key.slice(prefix.length), 10));
  // A key with a huge number would ask for as many missing blocks.
  const known = numbers.filter((number) => number >= 0 && number < tensors.size);
  return known.reduce((depth, number) => Math.max(depth, number + 1), 1);
}

const putNumber = (rule: KeyRule, number: number): KeyRule => ({
  ...rule,
  parameter: rule.parameter.replace('#', String(number)),
  keys: rule.keys.map((key) => key.replace('#', String(number))),
});

/** The rules of all parameters of a model with so many blocks. */
export const expandRules = (rules: readonly KeyRule[], depths: KeyMatch['depths']): readonly KeyRule[] =>
  rules.flatMap((rule) => {
    if (!rule.parameter.includes('#')) return [rule];
    const depth = rule.parameter.startsWith('vision') ? depths.vision : depths.text;
    return Array.from({ length: depth }, (_, number) => putNumber(rule, number));
  });

const toProduct = (size: Exclude<Size, number>): readonly [number, SizeName] =>
  typeof size === 'string' ? [1, size] : size;

/** Each tensor votes for the sizes that its shape says; the majority holds, so that one wrong tensor is told from all others. */
function electSizes(rules: readonly KeyRule[], tensors: StoredTensors): KeyMatch['sizes'] {
  const votes = new Map<SizeName, Map<number, number>>();
  for (const { keys, shape } of rules) {
    for (const stored of keys.map((key) => tensors.get(key)?.shape)) {
      if (stored?.length !== shape.length) continue;
      for (const [axis, size] of shape.entries()) {
        if (typeof size === 'number') continue;
        const [factor, name] = toProduct(size);
        const value = stored[axis]! / factor;
        const counts = votes.get(name) ?? new Map<number, number>();
        counts.set(value, (counts.get(value) ?? 0) + 1);
        votes.set(name, counts);
      }
    }
  }
  return Object.fromEntries(
    [...votes].map(([name, counts]) => [
      name,
      [...counts].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0],
    ]),
  );
}

/** The shape that a rule asks for; null where the file does not say a size. */
export const resolveShape = (shape: readonly Size[], sizes: KeyMatch['sizes']): readonly (number | null)[] =>
  shape.map((size) => {
    if (typeof size === 'number') return size;
    const [factor, name] = toProduct(size);
    const value = sizes[name];
    return value === undefined ? null : factor * value;
  });

function findTensorProblems(
  key: string,
  tensor: StoredTensor | undefined,
  expected: readonly (number | null)[],
): readonly string[] {
  const text = `[${expected.map((size) => size ?? '?').join(', ')}]`;
  if (tensor === undefined) return [`${key}: missing, expected ${text}`];
  const { dtype, shape } = tensor;
  const fits =
    shape.length === expected.length && expected.every((size, axis) => size === null || size === shape[axis]);
  return [
    ...(fits ? [] : [`${key}: expected ${text}, got [${shape.join(', ')}]`]),
    ...(isFloatDtype(dtype) ? [] : [`${key}: expected ${floatDtypes.join(', ')}, got ${dtype}`]),
  ];
}

/**
 * Finds the parameters of a model among the tensors of a file, and its sizes in their shapes.
 *
 * @param map - the file's names
 * @param tensors - the file
 */
export function matchKeys(map: KeyMap, tensors: StoredTensors): KeyMatch {
  const depths = { vision: countBlocks(map.rules, 'vision', tensors), text: countBlocks(map.rules, 'text', tensors) };
  const rules = expandRules(map.rules, depths);
  const sizes = electSizes(rules, tensors);
  const known = new Set([...rules.flatMap(({ keys }) => keys), ...map.ignored]);
  const problems = [
    ...rules.flatMap(({ keys, shape }) =>
      keys.flatMap((key) => findTensorProblems(key, tensors.get(key), resolveShape(shape, sizes))),
    ),
    ...[...tensors.keys()].filter((key) => !known.has(key)).map((key) => `${key}: unknown tensor`),
  ];
  return { sizes, depths, rules, problems };
}
