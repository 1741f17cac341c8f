import type { SafetensorsDtype } from '@sofd/tensor';
import { decodeHalves } from '../half-precision.js';

/** The element types that weights may have. */
export const floatDtypes = ['F32', 'F16', 'BF16'] as const satisfies readonly SafetensorsDtype[];
type FloatDtype = (typeof floatDtypes)[number];

/** Whether weights may have this element type. */
export const isFloatDtype = (dtype: SafetensorsDtype): dtype is FloatDtype =>
  (floatDtypes as readonly SafetensorsDtype[]).includes(dtype);

/** Elements of a typed array over little-endian bytes, without a copy where they are aligned. */
function viewBytes<View>(
  bytes: Uint8Array,
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer, offset: number, length: number): View },
): View {
  const size = type.BYTES_PER_ELEMENT;
  const aligned = bytes.buffer instanceof ArrayBuffer && bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/**
 * Stored numbers as float32; every half-precision number is one exactly.
 *
 * @param dtype - the stored type
 * @param bytes - little-endian
 * @returns the numbers; a view on `bytes` where these are aligned float32
 */
export function decodeFloats(dtype: FloatDtype, bytes: Uint8Array): Float32Array {
  if (dtype === 'F32') return viewBytes(bytes, Float32Array);
  const stored = viewBytes(bytes, Uint16Array);
  if (dtype === 'F16') return decodeHalves(stored);
  const values = new Float32Array(stored.length);
  // A bfloat16 is the upper half of a float32.
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < stored.length; i++) bits[i] = stored[i]! << 16;
  return values;
}
