import { platform } from '#model/platform';

/**
 * SHA-256 by the platform: Node, and browsers in a secure context.
 *
 * @param bytes - what to hash
 * @returns 64 hexadecimal digits
 * @throws CheckpointFormatError where the page has no `crypto.subtle`
 */
export const computeSha256 = (bytes: Uint8Array): Promise<string> => platform.computeSha256(bytes);
