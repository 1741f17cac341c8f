/** A bijection of 32-bit integers in which each input bit changes half of the output bits. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function hash32(text: string, start: number): number {
  let hash = start;
  // One UTF-16 unit at a time: exact for every string, lone surrogates included.
  for (let index = 0; index < text.length; index++) {
    const block = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    hash ^= Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return mix(hash ^ text.length) >>> 0;
}

/**
 * 96 bits from a string, by the steps of MurmurHash3 with three starting values; for seeding, not for security.
 *
 * @returns three integers in [0, 2^32)
 */
export function hashText(text: string): [number, number, number] {
  return [hash32(text, 0x9e3779b9), hash32(text, 0x7f4a7c15 | 0), hash32(text, 0x85a308d3 | 0)];
}
