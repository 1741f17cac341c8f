/** A message in the wire format of protocol buffers: its fields, one after another. */
export type Message = readonly Uint8Array[];

const utf8 = new TextEncoder();

/** Seven bits a byte, the lowest first; the top bit says that another byte follows. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}

const variable = 0;
const delimited = 2;

const tag = (field: number, kind: number) => varint(field * 8 + kind);

/** A field with a whole number, 0 or more, or a truth value. */
export const numberField = (field: number, value: number | boolean): Message => [
  tag(field, variable),
  varint(Number(value)),
];

/** A field with bytes. */
export const bytesField = (field: number, bytes: Uint8Array): Message => [
  tag(field, delimited),
  varint(bytes.length),
  bytes,
];

/** A field with text. */
export const textField = (field: number, text: string): Message => bytesField(field, utf8.encode(text));

/** A field with another message. */
export const messageField = (field: number, message: Message): Message => bytesField(field, encode(message));

/** A field that is a map from text to messages. */
export const mapField = (field: number, entries: Readonly<Record<string, Message>>): Message =>
  Object.entries(entries).flatMap(([key, value]) =>
    messageField(field, [...textField(1, key), ...messageField(2, value)]),
  );

/** The bytes of a message. */
export function encode(message: Message): Uint8Array {
  const bytes = new Uint8Array(message.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of message) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
