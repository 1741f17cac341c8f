import { createSafetensorsHeader } from './create-header.js';
import { arrayTypes, type SafetensorsArrays, type SafetensorsInfo, type SafetensorsTensor } from './dtypes.js';

/** Tensors of the given types and shapes. */
type TensorsOf<Infos extends Readonly<Record<string, SafetensorsInfo>>> = {
  readonly [Name in keyof Infos]: SafetensorsTensor & { readonly data: SafetensorsArrays[Infos[Name]['dtype']] };
};

/** Options of {@link layOutSafetensors}. */
export interface SafetensorsLayout {
  /** Strings that the file carries along. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Memory behind the file in the same buffer, bytes: for tensors that are made wider than they are stored. @default 0 */
  readonly spareBytes?: number;
}

/**
 * Makes a safetensors file of zeros, to be filled in place: one copy of the tensors is all the memory it takes.
 *
 * @param infos - types and shapes by name.
 * @param layout - `metadata`, and `spareBytes` behind the file.
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
  { metadata, spareBytes = 0 }: SafetensorsLayout = {},
): { readonly bytes: Uint8Array; readonly tensors: TensorsOf<Infos> } {
  const { header, entries } = createSafetensorsHeader(infos, metadata);
  const fileBytes = entries.reduce((end, [, { length }]) => end + length, header.length);
  const bytes = new Uint8Array(new ArrayBuffer(fileBytes + spareBytes), 0, fileBytes);
  bytes.set(header);
  const views = entries.map(([name, { dtype, shape, offset, length }]): [string, SafetensorsTensor] => {
    const ArrayType = arrayTypes[dtype];
    const data = new ArrayType(bytes.buffer, offset, length / ArrayType.BYTES_PER_ELEMENT);
    return [name, { dtype, shape, data }];
  });
  return { bytes, tensors: Object.fromEntries(views) as TensorsOf<Infos> };
}
