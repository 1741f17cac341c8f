import type { DeviceLostError } from '@sofd/core';

/** Whether an engine can run on this machine, and if not, why and what to do about it. */
export type Availability =
  | {
      readonly available: true;
      /** What was found, for people: `'SwiftShader (software)'`, `'OpenBLAS, SkylakeX kernels'`. */
      readonly detail: string;
    }
  | {
      readonly available: false;
      /** Why not, as a clause: `'libopenblas.so.0 was not found'`. */
      readonly reason: string;
      /** What to type or change, as a sentence. */
      readonly remedy: string;
    };

/** What an engine says about itself once it runs. */
export interface BackendInfo {
  /** The engine's name for users: `'webgpu' | 'wasm' | 'native' | 'tensorflow' | 'reference'`. */
  readonly name: string;
  /** The device that computes, for people. */
  readonly device: string;
  /** Threads that a large matrix product may use. 1 where the engine does not say. */
  readonly threads: number;
  /** Bits of a float in the engine's arithmetic. Models and tests rely on 32. */
  readonly floatBits: 32;
  /** The tfjs backend that it runs on. Two engines may share one. */
  readonly tfjsBackend: string;
  /**
   * Resolves when the device is gone, as when a graphics driver is reset. Whatever is computed or read afterwards throws this
   * error, and the next `useBackend` starts the engine anew. Left out by engines that cannot lose their device.
   */
  readonly lost?: Promise<DeviceLostError>;
}

/**
 * An engine: something that can run the tensor operations.
 *
 * Creating one costs nothing and touches nothing; `init` loads binaries and makes the engine the active one.
 *
 * @see {@link useBackend}, which selects among several.
 */
export interface Backend {
  /** The engine's name for users, unique among engines, without an underscore (tfjs splits names at it). */
  readonly name: string;
  /** Says whether `init` would work. Cheap, and never throws. */
  probe(): Promise<Availability>;
  /**
   * Loads the engine and makes it the active one. It is called again only after `dispose`, or when the device was lost.
   *
   * @throws BackendUnavailableError with the reason and a remedy.
   */
  init(): Promise<BackendInfo>;
  /** Gives back what `init` took. Dispose the tensors first: an engine that still holds some keeps its memory. */
  dispose(): Promise<void>;
}

/** The engine that {@link useBackend} selected. */
export interface ActiveBackend extends BackendInfo {
  /** The candidates that came before it, with the reason why each was not taken. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  /** Ends this use. The engine itself is disposed of when its last user has ended; the one used before is then active. */
  dispose(): Promise<void>;
}
