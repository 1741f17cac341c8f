import { CheckpointFormatError } from '@sofd/core';
import type { SafetensorsDtype } from '@sofd/tensor';
import {
  describePickleValue,
  type GlobalRole,
  isKind,
  type PickleDictionary,
  type PickleGlobal,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
} from './pickle-value.js';
import { malformedPickle } from './reader.js';

const storages: Readonly<Record<string, SafetensorsDtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** All names that a pickle may use, with all that they can do. */
const allowed: ReadonlyMap<string, GlobalRole> = new Map<string, GlobalRole>([
  ['collections.OrderedDict', 'dictionary'],
  ['torch._utils._rebuild_tensor', 'tensor'],
  ['torch._utils._rebuild_tensor_v2', 'tensor'],
  ['torch._utils._rebuild_parameter', 'parameter'],
  ...Object.entries(storages).map(([name, storageOf]) => [`torch.${name}`, { storageOf }] as const),
  // TorchScript's typed lists.
  ...['int', 'float', 'bool', 'tensor'].map((type) => [`torch.jit._pickle.build_${type}list`, 'list'] as const),
  // What the published training code saves beside the weights: its configuration and arguments.
  ['yacs.config.CfgNode', 'record'],
  ['argparse.Namespace', 'record'],
  ['__builtin__.set', 'list'],
  ['builtins.set', 'list'],
]);

/** Classes that a TorchScript archive declares itself: names of modules. */
const torchScriptPrefix = '__torch__.';

/** The allowed name; anything else ends the reading. */
export function findGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  const role = allowed.get(full) ?? (full.startsWith(torchScriptPrefix) ? 'record' : undefined);
  if (role !== undefined) return { kind: 'global', name: full, role };
  throw new CheckpointFormatError(
    `openWeightFile: expected a pickle of tensors, dictionaries, lists, numbers and strings, got the global ${full.slice(0, 200)}; nothing of the file was run. Save a plain state dict with torch.save(model.state_dict(), file), and do not trust the file if ${full.slice(0, 200)} surprises you.`,
  );
}

const isCount = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
/** The most axes a tensor may have. */
const maxAxes = 16;
const isCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.length <= maxAxes && value.every(isCount);

function rebuildTensor([storage, offset, shape, strides]: readonly PickleValue[]): PickleTensor {
  if (storage === undefined || !isKind(storage, 'storage'))
    throw malformedPickle('a storage of a tensor', describePickleValue(storage));
  if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
    throw malformedPickle('offset, shape and strides of a tensor', 'other values');
  // Zero strides could make a small storage look like any amount of numbers.
  const elements = shape.reduce((product, size) => product * size, 1);
  const last = elements === 0 ? -1 : shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  if (!(elements <= storage.length && last < storage.length))
    throw malformedPickle(
      `a tensor within the ${storage.length} numbers of its storage`,
      `${elements} numbers up to ${last}`,
    );
  return { kind: 'tensor', storage, offset, shape: [...shape], strides: [...strides] };
}

/** Puts one item into a dictionary whose keys are strings and numbers. */
export function setItem(
  dictionary: PickleDictionary,
  key: PickleValue | undefined,
  value: PickleValue | undefined,
): void {
  if (typeof key !== 'string' && typeof key !== 'number')
    throw malformedPickle('keys that are strings or numbers', describePickleValue(key));
  if (value === undefined) throw malformedPickle('a value for each key', 'none');
  dictionary.set(key, value);
}

/** What calling an allowed name gives. */
export function callGlobal(callee: PickleValue, args: PickleValue): PickleValue {
  if (!isKind(callee, 'global') || !Array.isArray(args))
    throw malformedPickle('a call of an allowed global', describePickleValue(callee));
  const [first] = args;
  switch (callee.role) {
    case 'dictionary':
      if (first === undefined) return new Map();
      throw malformedPickle('an empty dictionary', describePickleValue(first));
    case 'list':
      // Itself, not a copy: a small file could ask for many copies of a long list.
      return Array.isArray(first) ? first : [];
    case 'tensor':
      return rebuildTensor(args);
    case 'parameter':
      if (first !== undefined && isKind(first, 'tensor')) return first;
      throw malformedPickle('a tensor in a parameter', describePickleValue(first));
    default:
      throw malformedPickle('a call of a function', `a call of ${callee.name}`);
  }
}

/** A new object of an allowed class. */
export function createInstance(cls: PickleValue, args: PickleValue): PickleValue {
  const empty = Array.isArray(args) && args.length === 0;
  if (isKind(cls, 'global') && empty && cls.role === 'record')
    return { kind: 'record', name: cls.name, items: new Map() };
  if (isKind(cls, 'global') && empty && cls.role === 'dictionary') return new Map();
  throw malformedPickle('an object of an allowed class', describePickleValue(cls));
}

/** The storage that a persistent id names: `('storage', type, key, location, length)`, in old files and a null. */
export function readStorageId(id: PickleValue): PickleStorage {
  const [tag, type, key, , length, view = null] = Array.isArray(id) ? id : [];
  const role = type !== undefined && isKind(type, 'global') ? type.role : undefined;
  if (tag !== 'storage' || typeof role !== 'object' || typeof key !== 'string' || !isCount(length) || view !== null)
    throw malformedPickle('the id of a storage', describePickleValue(id));
  return { kind: 'storage', dtype: role.storageOf, key, length };
}
