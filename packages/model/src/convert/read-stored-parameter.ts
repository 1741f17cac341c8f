import { decodeFloats, isFloatDtype } from './decode-floats.js';
import type { KeyRule } from './keys/key-map.js';
import { type KeyMatch, resolveShape } from './keys/match-keys.js';
import { permutedStrides, placeElements } from './permute.js';
import { countElements, type StoredTensors } from './weight-file.js';

/** Numbers that are read at once: little enough for a processor's cache, where they are put in their order. */
const chunkElements = 2 ** 18;

/** Bytes that reading a parameter takes for the numbers that it reads at once; a row may be longer. */
export const chunkBytes = 4 * chunkElements;

/** A file whose keys were matched. */
interface StoredFile {
  readonly tensors: StoredTensors;
  readonly sizes: KeyMatch['sizes'];
  /** {@link chunkBytes} that nobody else uses meanwhile. */
  readonly room?: Uint8Array | undefined;
}

/**
 * Reads one parameter from the tensors that hold it, some rows at a time, each decoded and put in its place.
 *
 * @param rule - a rule of a match without problems, block numbers put in
 * @param file - its tensors, the sizes that they say, and memory to read into
 * @param target - as many numbers as the parameter has
 */
export async function readStoredParameter(
  { keys, shape, axes }: KeyRule,
  { tensors, sizes, room }: StoredFile,
  target: Float32Array,
): Promise<void> {
  const [rows = 1, ...rest] = resolveShape(shape, sizes) as readonly number[];
  const stacked = [rows * keys.length, ...rest];
  const strides = permutedStrides(stacked, axes ?? stacked.map((_, axis) => axis));
  const [rowStride = 1] = strides;
  const step = Math.max(1, Math.floor(chunkElements / countElements(rest)));
  for (const [part, key] of keys.entries()) {
    const { dtype, read } = tensors.get(key)!;
    if (!isFloatDtype(dtype)) continue;
    for (let begin = 0; begin < rows; begin += step) {
      const end = Math.min(rows, begin + step);
      const values = decodeFloats(dtype, await read({ begin, end }, room));
      const offset = (part * rows + begin) * rowStride;
      if (axes === undefined) target.set(values, offset);
      else placeElements(values, target, { shape: [end - begin, ...rest], strides, offset });
    }
  }
}
