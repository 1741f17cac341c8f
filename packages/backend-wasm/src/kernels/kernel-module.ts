import { BackendUnavailableError } from '@sofd/core';
import { platform } from '#backend-wasm/platform';
import { locateBinaries, type WasmHeap } from '../heap/wasm-heap.js';

/** What the engines call directly; all other kernels are run by name. Sizes are in bytes. */
export interface KernelExports extends WebAssembly.Exports {
  readonly gemmScratchBytes: () => number;
  readonly gemmTileRows: () => number;
  readonly gemmTileColumns: () => number;
  readonly packedRightBytes: (inner: number, columns: number) => number;
  readonly packRight: (columns: number, inner: number, b: number, strideB: number, orderB: number, to: number) => void;
  readonly attentionScratchBytes: (tokens: number) => number;
  readonly rowBlocks: (rows: number) => number;
}

/** Our compiled kernels on a heap. */
export interface KernelModule {
  readonly module: WebAssembly.Module;
  /** Those of the calling thread. */
  readonly exports: KernelExports;
  /** Which of the builds it is, for people. */
  readonly description: string;
}

/**
 * Loads the build of our kernels that the platform and the heap's memory allow: for relaxed SIMD, where a product and a sum may
 * be one instruction, or for plain SIMD.
 *
 * @param heap - the memory that they work on.
 * @param assets - the folder of the binaries; the ones of this package when left out.
 * @throws BackendUnavailableError when the binary cannot be loaded, as on platforms without SIMD.
 */
export async function loadKernels(heap: WasmHeap, assets?: string): Promise<KernelModule> {
  const { memory } = heap.wasm.asm;
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  const kind = WebAssembly.validate(relaxedProbe) ? 'relaxed' : 'plain';
  const binary = locateBinaries(assets)[`kernels-${kind}${isShared ? '-shared' : ''}.wasm` as const];
  try {
    const module = await platform.compile(binary);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    const description = `WebAssembly SIMD${kind === 'relaxed' ? ' (relaxed)' : ''}`;
    return { module, exports: instance.exports as KernelExports, description };
  } catch (cause) {
    throw new BackendUnavailableError(
      `wasm kernels: expected ${binary} to load, got "${cause instanceof Error ? cause.message : cause}"; serve the whole assets folder of @sofd/backend-wasm.`,
      { cause },
    );
  }
}

/** The smallest module with a relaxed multiply-add: a function without arguments that computes 0 * 0 + 0. */
const relaxedProbe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic number, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type 0: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // one function of type 0
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // one body of 17 bytes without locals
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // three times i32.const 0, i8x16.splat
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
);
