/** The wasm binaries of the tfjs backend. */
export type WasmBinary =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/** Where each binary is: a path in Node, a URL in browsers. */
export type WasmBinaries = Readonly<Record<WasmBinary, string>>;

/** What differs between Node and browsers. */
export interface Platform {
  /** The binaries that this package ships. */
  readonly shippedBinaries: WasmBinaries;
  /** Whether the engine can use threads here. */
  readonly hasThreads: boolean;
  /**
   * A binary that is known to be missing, or undefined.
   *
   * Browsers cannot look without a download, so they never know.
   */
  findMissing(binaries: WasmBinaries): Promise<string | undefined>;
  /** Turns a folder that the user gave into the form that the loader takes, with a slash at the end. */
  toFolder(assets: string): string;
}
