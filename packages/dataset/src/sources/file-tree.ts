/**
 * The files of a data set, wherever they lie: on disk, in a browser's folder handle, in memory.
 *
 * Paths are relative, with `/`, sorted by code units; hidden files are left out.
 */
export interface FileTree {
  /** Every file. */
  readonly files: readonly string[];
  /**
   * Reads a small text file, UTF-8.
   *
   * @throws DatasetError where it cannot be read
   */
  readText(path: string): Promise<string>;
}
