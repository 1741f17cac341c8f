import { BackendUnavailableError } from '@sofd/core';
import { startTfjsEngine, stopTfjsEngine } from '@sofd/tensor';
import { env, type TensorInfo } from '@tensorflow/tfjs-core';
import { platform } from '#backend-wasm/platform';
import type { WasmBinaries } from '../platform/platform.js';

/** A tensor on the heap. */
interface HeapEntry {
  readonly id: number;
  /** Bytes from the start of the heap. */
  readonly memoryOffset: number;
}

/**
 * The running tfjs wasm backend: its heap, its tensors' places on it, its compiled kernels.
 *
 * The part of tfjs's `BackendWasm` that engines use; its own declarations leave some of it out.
 */
export interface WasmHeap {
  readonly wasm: {
    /** The heap. Growth replaces it, so read it after every allocation. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    /** A compiled function, with its arguments' types. */
    cwrap(name: string, result: null, args: readonly string[]): (...args: (number | Uint8Array)[]) => void;
    readonly tfjs: { disposeData(id: number): void };
  };
  readonly dataIdMap: { get(dataId: object): HeapEntry; delete(dataId: object): boolean };
  /** Makes a tensor: in new memory, or borrowing memory at an offset. */
  makeOutput(shape: number[], dtype: 'float32', memoryOffset?: number): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** Options of {@link startWasmHeap}. Only the first start of a process reads them. */
export interface WasmHeapOptions {
  /** The folder of the binaries; the ones of this package when left out. */
  readonly assets?: string | undefined;
  /** Threads of a large matrix product, where the platform has threads; 1 when left out. */
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
 * @param options - where the binaries are, and how many threads.
 * @returns the heap, and the threads that products use on it.
 * @throws BackendUnavailableError when a binary cannot be loaded.
 */
export async function startWasmHeap(
  owner: string,
  { assets, threads = 1 }: WasmHeapOptions = {},
): Promise<{ heap: WasmHeap; threads: number; simd: boolean }> {
  // On demand, because the import registers the backend.
  const tfjsWasm = await import('@tensorflow/tfjs-backend-wasm');
  if (owners.size === 0) {
    tfjsWasm.setWasmPaths({ ...locateBinaries(assets) });
    const wanted = platform.hasThreads ? Math.max(1, threads) : 1;
    tfjsWasm.setThreadsCount(wanted);
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', wanted > 1);
  }
  const heap = (await failLate(startTfjsEngine('wasm'))) as unknown as WasmHeap;
  owners.add(owner);
  const simd = (await env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return { heap, threads: Math.max(1, tfjsWasm.getThreadsCount()), simd };
}

const startTimeoutMs = 30_000;

/** The workers of a broken threaded build never answer: bundlers may rename what it sends them as text. */
async function failLate<T>(start: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new BackendUnavailableError(
      `engine wasm: expected it to start within ${startTimeoutMs / 1000} s, got no answer; leave out threads, which bundlers can break, and check that the binaries load.`,
    );
    timer = setTimeout(() => reject(error), startTimeoutMs);
  });
  try {
    return await Promise.race([start, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends an engine's use of the heap. After the last one it is freed, unless tensors still live on it. */
export function releaseWasmHeap(owner: string): void {
  owners.delete(owner);
  if (owners.size === 0) stopTfjsEngine('wasm');
}
