import { arrayTypes, type SafetensorsInfo } from './dtypes.js';
import { type SafetensorsEntry, safetensorsPrefixBytes } from './header.js';

/**
 * The start of a safetensors file, all that stands before its data.
 *
 * Equal input gives equal bytes whatever the order of the keys: wide types come first, so that all data is aligned,
 * then names in code-unit order.
 *
 * @param infos - types and shapes by name.
 * @param metadata - strings that the file carries along.
 * @returns the first bytes of the file, and where each tensor lies in it, in their order.
 */
export function createSafetensorsHeader(
  infos: Readonly<Record<string, SafetensorsInfo>>,
  metadata?: Readonly<Record<string, string>>,
): { readonly header: Uint8Array<ArrayBuffer>; readonly entries: readonly (readonly [string, SafetensorsEntry])[] } {
  const sorted = Object.entries(infos).sort(([a, x], [b, y]) => widthOf(y) - widthOf(x) || (a < b ? -1 : 1));
  const json: [string, unknown][] = [];
  if (metadata)
    json.push(['__metadata__', Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))]);
  let end = 0;
  const places = sorted.map(([name, { dtype, shape }]) => {
    const begin = end;
    end += shape.reduce((product, size) => product * size, widthOf({ dtype }));
    json.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    return [name, { dtype, shape, offset: begin, length: end - begin }] as const;
  });
  const header = frame(jsonObject(json));
  return {
    header,
    entries: places.map(([name, entry]) => [name, { ...entry, offset: header.length + entry.offset }]),
  };
}

const widthOf = ({ dtype }: Pick<SafetensorsInfo, 'dtype'>) => arrayTypes[dtype].BYTES_PER_ELEMENT;

/** Object.fromEntries would move names that look like integers to the front. */
const jsonObject = (entries: readonly (readonly [string, unknown])[]) =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;

/** A text behind its length, filled up with spaces to a multiple of eight bytes. */
function frame(json: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(safetensorsPrefixBytes + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, safetensorsPrefixBytes);
  return bytes;
}
