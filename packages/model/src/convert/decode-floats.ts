import type { SafetensorsDtype } from '@sofd/tensor';

/** The element types that weights may have. */
export const floatDtypes = ['F32', 'F16', 'BF16'] as const satisfies readonly SafetensorsDtype[];
type FloatDtype = (typeof floatDtypes)[number];

/** Whether weights may have this element type. */
export const isFloatDtype = (dtype: SafetensorsDtype): dtype is FloatDtype =>
  (floatDtypes as readonly SafetensorsDtype[]).includes(dtype);

/** One IEEE half-precision number from its bits; exact. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/** All 65,536 half-precision numbers: looking one up is faster than computing it. */
const halves = (): Float32Array => {
  halfTable ??= Float32Array.from({ length: 0x10000 }, (_, bits) => decodeHalf(bits));
  return halfTable;
};

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
  const values = new Float32Array(stored.length);
  if (dtype === 'F16') {
    const table = halves();
    for (let i = 0; i < stored.length; i++) values[i] = table[stored[i]!]!;
    return values;
  }
  // A bfloat16 is the upper half of a float32.
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < stored.length; i++) bits[i] = stored[i]! << 16;
  return values;
}
