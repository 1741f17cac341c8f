/** What Node and browsers do differently. Both `node.ts` and `browser.ts` export this as `platform`. */
export interface Platform {
  /**
   * @throws CheckpointFormatError when the file cannot be read
   */
  readFile(url: URL): Promise<Uint8Array>;
}
