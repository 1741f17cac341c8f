import { expect, it } from 'vitest';
import { computeSha256 } from './sha256.js';

it('is that of the standard, for nothing, for little, and for more than a slice', async () => {
  const subtle = async (bytes: Uint8Array<ArrayBuffer>) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  const large = Uint8Array.from({ length: 2 ** 24 + 3 }, (_, index) => index % 251);
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), large.subarray(1), large])
    expect(await computeSha256(bytes)).toBe(await subtle(bytes));
});
