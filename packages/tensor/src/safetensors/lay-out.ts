import { createSafetensorsHeader } from './create-header.js';
import { arrayTypes, type SafetensorsArrays, type SafetensorsInfo, type SafetensorsTensor } from './dtypes.js';

/** Tensors of the given types and shapes. */
type TensorsOf<Infos extends Readonly<Record<string, SafetensorsInfo>>> = {
  readonly [Name in keyof Infos]: SafetensorsTensor & { readonly data: SafetensorsArrays[Infos[Name]['dtype']] };
};

/**
 * Makes a safetensors file of zeros, to be filled in place: one copy of the tensors is all the memory it takes.
 *
 * @param infos - types and shapes by name.
 * @param metadata - strings that the file carries along.
 * @returns the bytes of the file, and views on its tensors by name.
 * @see {@link https://github.com/huggingface/safetensors | the format}
 * @example
 * ```ts
 * import { decodeSafetensors, layOutSafetensors } from '@sofd/tensor';
 *
 * const { bytes, tensors } = layOutSafetensors({ bias: { dtype: 'F32', shape: [2] } });
 * tensors.bias.data.fill(3);
 * decodeSafetensors(bytes).tensors.bias?.data; // Float32Array [3, 3]
 * ```
 */
export function layOutSafetensors<const Infos extends Readonly<Record<string, SafetensorsInfo>>>(
  infos: Infos,
  metadata?: Readonly<Record<string, string>>,
): { readonly bytes: Uint8Array; readonly tensors: TensorsOf<Infos> } {
  const { header, entries } = createSafetensorsHeader(infos, metadata);
  const fileBytes = entries.reduce((end, [, { length }]) => end + length, header.length);
  const bytes = new Uint8Array(fileBytes);
  bytes.set(header);
  const views = entries.map(([name, { dtype, shape, offset, length }]): [string, SafetensorsTensor] => {
    const ArrayType = arrayTypes[dtype];
    const data = new ArrayType(bytes.buffer, offset, length / ArrayType.BYTES_PER_ELEMENT);
    return [name, { dtype, shape, data }];
  });
  return { bytes, tensors: Object.fromEntries(views) as TensorsOf<Infos> };
}
