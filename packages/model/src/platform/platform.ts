/** What Node and browsers do differently. Both `node.ts` and `browser.ts` export this as `platform`. */
export interface Platform {
  /**
   * @returns 64 hexadecimal digits
   * @throws CheckpointFormatError where the page has no `crypto.subtle`
   */
  computeSha256(bytes: Uint8Array): Promise<string>;
}
