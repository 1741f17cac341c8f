import { CheckpointFormatError } from '@sofd/core';
import { type ByteSource, malformedFile, readRange } from '../byte-source.js';
import {
  describePickleValue,
  isKind,
  type PickleDictionary,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
} from '../pickle/pickle-value.js';
import { countElements, type RowRange, type StoredTensor, type StoredTensors } from '../weight-file.js';

/** Bytes of one number of a storage. */
const widths: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Bytes of a storage. */
export const storageBytes = ({ dtype, length }: PickleStorage): number => length * widths[dtype]!;

/** Where a training state keeps its weights. */
const nestedKeys = ['model', 'state_dict', 'model_state_dict'];

/** Modules within modules of a TorchScript archive, and all of them together. */
const maxDepth = 64;
const maxModules = 100_000;

/** The tensors of a TorchScript module and its parts: `visual.conv1.weight`. */
function collectModules(root: PickleDictionary): ReadonlyMap<string, PickleTensor> {
  const tensors = new Map<string, PickleTensor>();
  let visited = 0;
  const visit = (items: PickleDictionary, prefix: string, depth: number) => {
    // One module may stand in several places, so a small file can describe a tree without end.
    if (++visited > maxModules || depth > maxDepth)
      throw malformedFile(`at most ${maxModules} modules in ${maxDepth} levels`, 'more');
    for (const [key, value] of items) {
      if (isKind(value, 'tensor')) tensors.set(`${prefix}${key}`, value);
      else if (isKind(value, 'record')) visit(value.items, `${prefix}${key}.`, depth + 1);
    }
  };
  visit(root, '', 0);
  return tensors;
}

function readDictionary(dictionary: PickleDictionary): ReadonlyMap<string, PickleTensor> {
  const others = [...dictionary].filter(([, value]) => !isKind(value, 'tensor'));
  if (others.length > 0) {
    const problems = others.map(([key, value]) => `${key}: expected a tensor, got ${describePickleValue(value)}`);
    throw new CheckpointFormatError(
      `openWeightFile: expected a dictionary of tensors, got others: ${problems.slice(0, 10).join('; ')}; save the model's state dict.`,
      { problems },
    );
  }
  return new Map([...dictionary].map(([key, value]) => [String(key), value as PickleTensor]));
}

/** The weights in what was pickled: a state dict, a training state that holds one, or a TorchScript module. */
function findWeights(root: PickleValue): ReadonlyMap<string, PickleTensor> {
  if (isKind(root, 'record')) return collectModules(root.items);
  if (!(root instanceof Map)) throw malformedFile('a dictionary of tensors', describePickleValue(root));
  const hasTensors = [...root.values()].some((value) => isKind(value, 'tensor'));
  const nested = nestedKeys.map((key) => root.get(key)).find((value) => value instanceof Map);
  return readDictionary(!hasTensors && nested instanceof Map ? nested : root);
}

/** What DataParallel puts before every name. */
const parallelPrefix = 'module.';

/** The bytes of a tensor's elements in row-major order, from the bytes that it spans. */
function gatherRows({ shape, strides }: PickleTensor, spanned: Uint8Array, width: number): Uint8Array {
  const gathered = new Uint8Array(countElements(shape) * width);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < gathered.length; to += width) {
    gathered.set(spanned.subarray(from * width, (from + 1) * width), to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}

/** Whether elements lie in row-major order without gaps; the stride of an axis of one element says nothing. */
function isContiguous({ shape, strides }: PickleTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Some rows of a tensor; the storage stays the same. */
function sliceRows(tensor: PickleTensor, { begin, end }: RowRange): PickleTensor {
  const { offset, shape, strides } = tensor;
  if (shape.length === 0) return tensor;
  return { ...tensor, offset: offset + begin * strides[0]!, shape: [end - begin, ...shape.slice(1)] };
}

async function readElements(
  tensor: PickleTensor,
  source: ByteSource,
  { start, name, room }: Place,
): Promise<Uint8Array> {
  const { storage, offset, shape, strides } = tensor;
  const width = widths[storage.dtype]!;
  const elements = countElements(shape);
  const span = elements === 0 ? 0 : 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  const contiguous = isContiguous(tensor);
  const range = { offset: start + offset * width, length: span * width, room: contiguous ? room : undefined };
  const spanned = await readRange(source, range, name);
  return contiguous ? spanned : gatherRows(tensor, spanned, width);
}

/** Where a storage starts in the file, and what messages call its tensor. */
interface Place {
  readonly start: number;
  readonly name: string;
  readonly room?: Uint8Array | undefined;
}

const storeTensor = (tensor: PickleTensor, source: ByteSource, place: Place): StoredTensor => ({
  dtype: tensor.storage.dtype,
  shape: tensor.shape,
  read: (rows, room) => readElements(rows === undefined ? tensor : sliceRows(tensor, rows), source, { ...place, room }),
});

/**
 * The weights of what was pickled, by name.
 *
 * @param root - the value of the pickle
 * @param source - the file
 * @param locate - where a storage starts in the file; it has checked that the storage ends there too
 */
export async function storePickledWeights(
  root: PickleValue,
  source: ByteSource,
  locate: (storage: PickleStorage) => Promise<number>,
): Promise<StoredTensors> {
  const tensors = findWeights(root);
  const prefixed = tensors.size > 0 && [...tensors.keys()].every((name) => name.startsWith(parallelPrefix));
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const key = prefixed ? name.slice(parallelPrefix.length) : name;
    stored.set(key, storeTensor(tensor, source, { start: await locate(tensor.storage), name: key }));
  }
  return stored;
}
