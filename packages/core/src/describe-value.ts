const longest = 60;

const shorten = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/**
 * A value in a few words, for the "what was got" part of an error message.
 *
 * @param value - anything
 * @returns at most about 60 characters: `"cat"`, `3`, `an array of 4`, `an object with a, b`, `nothing`
 * @example
 * ```ts
 * describeValue([1, 2]); // 'an array of 2'
 * ```
 */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return value === null ? 'null' : 'nothing';
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name;
  if (name !== undefined && name !== 'Object') return `an object of class ${name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : shorten(`an object with ${keys.join(', ')}`);
}
