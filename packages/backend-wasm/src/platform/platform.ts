/** The wasm binaries: those of the tfjs backend, and our kernels for relaxed and plain SIMD, private and shared memory. */
export type WasmBinary =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-simd-shared.wasm'
  | 'kernels-relaxed.wasm'
  | 'kernels-relaxed-shared.wasm'
  | 'kernels-plain.wasm'
  | 'kernels-plain-shared.wasm';

/** Where each binary is: a path in Node, a URL in browsers. */
export type WasmBinaries = Readonly<Record<WasmBinary, string>>;

/** What a worker tells the thread that started it. */
export interface WorkerEvents {
  /** A message came. */
  onMessage(message: unknown): void;
  /** The worker did not start, or it ended. */
  onEnd(reason: string): void;
}

/** What differs between Node and browsers. */
export interface Platform {
  /** The binaries that this package ships. */
  readonly shippedBinaries: WasmBinaries;
  /** Whether threads can share memory here. */
  readonly hasThreads: boolean;
  /**
   * Threads that an engine should use, the caller's included.
   *
   * @throws InvalidOptionError when the environment names a number of threads that is none.
   */
  defaultThreads(): number;
  /**
   * A binary that is known to be missing, or undefined.
   *
   * Browsers cannot look without a download, so they never know.
   */
  findMissing(binaries: WasmBinaries): Promise<string | undefined>;
  /** Turns a folder that the user gave into the form that the loader takes, with a slash at the end. */
  toFolder(assets: string): string;
  /** Loads and compiles a binary. */
  compile(location: string): Promise<WebAssembly.Module>;
  /**
   * Starts a worker of the pool, which gets the task as its first message. It does not keep the process alive.
   *
   * @returns ends the worker, whatever it does.
   */
  startWorker(task: object, events: WorkerEvents): () => void;
}
