// Declares the memory of a wasm binary as shared, so that several threads can work on it. No instruction changes.

const memorySection = 5;
const hasMaximum = 0x01;
const shared = 0x02;

/** An unsigned LEB128 number of at most 32 bits, and where it ends. */
function readUnsigned(bytes, start) {
  let value = 0;
  for (let i = 0; i < 5; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new Error(`share-memory: expected a LEB128 number at byte ${start}, got none; is the file whole?`);
}

/** Where the contents of a section start, or undefined where the binary has none of that kind. */
function findSection(bytes, id) {
  let at = 8; // after magic number and version
  while (at < bytes.length) {
    const { value: length, end: start } = readUnsigned(bytes, at + 1);
    if (start + length > bytes.length)
      throw new Error(`share-memory: expected ${length} bytes in section ${bytes[at]}, got ${bytes.length - start}.`);
    if (bytes[at] === id) return start;
    at = start + length;
  }
  return undefined;
}

/**
 * A copy of a wasm binary whose own memory is shared.
 *
 * Only the flags of the memory's limits change; shared memory needs a maximum, so a binary without one is refused.
 *
 * @param {Uint8Array} bytes - a wasm binary that defines one memory with a maximum.
 * @returns {Uint8Array}
 */
export function shareMemory(bytes) {
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (magic.some((byte, i) => bytes[i] !== byte)) throw new Error('share-memory: expected a wasm binary, got none.');
  const start = findSection(bytes, memorySection);
  if (start === undefined)
    throw new Error('share-memory: expected a memory section, got none; the binary may import its memory.');
  const { value: memories, end: flagsAt } = readUnsigned(bytes, start);
  if (memories !== 1) throw new Error(`share-memory: expected one memory, got ${memories}.`);
  const flags = bytes[flagsAt];
  if (flags !== hasMaximum) {
    const found = flags === (hasMaximum | shared) ? 'one that is shared already' : `limits flags ${flags}`;
    throw new Error(`share-memory: expected a private memory with a maximum (limits flags 1), got ${found}.`);
  }
  const copy = bytes.slice();
  copy[flagsAt] = hasMaximum | shared;
  return copy;
}
