import { startTfjsEngine, stopTfjsEngine } from '@sofd/tensor';
import { env, type TensorInfo } from '@tensorflow/tfjs-core';
import { platform } from '#backend-wasm/platform';
import type { WasmBinaries } from '../platform/platform.js';
import { guardMemory } from './guard-memory.js';

/** A tensor on the heap. */
interface HeapEntry {
  readonly id: number;
  /** Bytes from the start of the heap. */
  readonly memoryOffset: number;
  /** Tensors that share the memory. */
  refCount: number;
}

/**
 * The running tfjs wasm backend: its heap, its tensors' places on it, its compiled kernels.
 *
 * The part of tfjs's `BackendWasm` that engines use; its own declarations leave some of it out.
 */
export interface WasmHeap {
  readonly wasm: {
    /** The heap. Growth replaces it, so read it after every allocation. */
    readonly HEAPU8: Uint8Array<ArrayBufferLike>;
    /** What the binary exports. Other modules import the memory; its buffer is shared where threads may work on it. */
    readonly asm: { readonly memory: WebAssembly.Memory };
    /** Reserves memory, and returns its address, which above 2 GiB is negative. Throws OutOfMemoryError when there is none left. */
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly tfjs: { disposeData(id: number): void };
  };
  readonly dataIdMap: { get(dataId: object): HeapEntry; has(dataId: object): boolean; delete(dataId: object): boolean };
  /** Makes a tensor: in new memory, or borrowing memory at an offset. */
  makeOutput(shape: number[], dtype: 'float32', memoryOffset?: number): TensorInfo;
  /** Counts one more tensor that shares the memory. */
  incRef(dataId: object): void;
  /** Counts one less. Frees the memory after the last, and returns whether that was so. */
  disposeData(dataId: object): boolean;
}

/** Options of {@link startWasmHeap}. Only the first start of a process reads them. */
export interface WasmHeapOptions {
  /** The folder of the binaries; the ones of this package when left out. */
  readonly assets?: string | undefined;
  /** Threads that want to work on the heap; 1 when left out. More need shared memory, which not every platform has. */
  readonly threads?: number | undefined;
}

const owners = new Set<string>();

/** The binaries in a folder, or those that this package ships. */
export function locateBinaries(assets?: string): WasmBinaries {
  if (assets === undefined) return platform.shippedBinaries;
  const folder = platform.toFolder(assets);
  const names = Object.keys(platform.shippedBinaries) as (keyof WasmBinaries)[];
  return Object.fromEntries(names.map((name) => [name, `${folder}${name}`])) as Record<keyof WasmBinaries, string>;
}

/**
 * Starts tfjs's wasm backend, or joins it, and makes it the active one. For engines that compute on its heap.
 *
 * @param owner - the engine's name, to be given back with {@link releaseWasmHeap}.
 * @param options - where the binaries are, and how many threads want to work on the heap.
 * @returns the heap, and the threads that may: 1 where its memory is not shared.
 * @throws BackendUnavailableError when a binary cannot be loaded.
 */
export async function startWasmHeap(
  owner: string,
  { assets, threads = 1 }: WasmHeapOptions = {},
): Promise<{ heap: WasmHeap; threads: number; simd: boolean }> {
  // On demand, because the import registers the backend.
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (owners.size === 0) {
    setWasmPaths(pathsFor(locateBinaries(assets), threads > 1 && platform.hasThreads && hasSharedMemory()));
    // The threads of tfjs itself stay off: they cannot run our kernels, and cost a worker each.
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  }
  const heap = (await startTfjsEngine('wasm')) as unknown as WasmHeap;
  guardMemory(heap.wasm);
  owners.add(owner);
  const simd = (await env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return { heap, threads: isShared(heap.wasm.asm.memory) ? threads : 1, simd };
}

/** The binary that tfjs loads under each of its names. */
function pathsFor(binaries: WasmBinaries, shared: boolean): Record<string, string> {
  const simd = binaries[shared ? 'tfjs-backend-wasm-simd-shared.wasm' : 'tfjs-backend-wasm-simd.wasm'];
  return {
    'tfjs-backend-wasm.wasm': binaries['tfjs-backend-wasm.wasm'],
    'tfjs-backend-wasm-simd.wasm': simd,
    // tfjs insists on a path, and never loads it.
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  };
}

/** Whether a shared memory as large as the heap may become can be had: systems with few addresses refuse it. */
function hasSharedMemory(): boolean {
  try {
    return isShared(new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true }));
  } catch {
    return false;
  }
}

/** Pages that are not isolated lack the constructor. */
const isShared = ({ buffer }: WebAssembly.Memory) =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

/** Ends an engine's use of the heap. After the last one it is freed, unless tensors still live on it. */
export function releaseWasmHeap(owner: string): void {
  owners.delete(owner);
  if (owners.size === 0) stopTfjsEngine('wasm');
}
