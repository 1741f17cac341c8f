import { OutOfMemoryError, SofdError } from '@sofd/core';
import type { GpuErrorFilter, WebgpuBackend } from './tfjs-backend.js';

/** Attributes the errors of a device to what was made between two reads. */
export interface ErrorSegments {
  /** Notes that a tensor or a buffer was made in the present segment. */
  enter(made: object): void;
  /** The error of the segment in which a tensor or a buffer was made. */
  failureOf(made: object): SofdError | undefined;
  /** Ends the present segment and begins the next. */
  end(): Promise<SofdError | undefined>;
}

/** In the order in which their scopes are opened. */
const filters: readonly GpuErrorFilter[] = ['internal', 'validation', 'out-of-memory'];

/** Messages of memory first, then the others: scopes are closed innermost first. */
type Caught = readonly ({ readonly message: string } | null)[];

/**
 * Records all commands in error scopes.
 *
 * WebGPU reports errors beside the commands that made them, after the fact, and computes on with whatever is in memory. A segment in which
 * something failed therefore has no result that can be trusted.
 */
export function createErrorSegments({ device, bufferManager }: WebgpuBackend): ErrorSegments {
  const segmentOf = new WeakMap<object, number>();
  const failures = new Map<number, SofdError>();
  let current = 0;
  let hasRunOut = false;
  const open = () => {
    for (const filter of filters) device.pushErrorScope(filter);
  };
  open();
  return {
    enter(made) {
      segmentOf.set(made, current);
    },
    failureOf: (made) => failures.get(segmentOf.get(made) ?? -1),
    async end() {
      const ended = current;
      current += 1;
      const closing = filters.map(() => device.popErrorScope());
      open();
      const caught: Caught = await Promise.all(closing);
      const message = caught.find((error) => error !== null)?.message;
      if (message === undefined) return undefined;
      // What uses a buffer that could not be had is invalid, also later.
      hasRunOut ||= caught[0] !== null;
      const failure = hasRunOut ? outOfMemory('what was computed to fit', message) : invalid(message);
      failures.set(ended, failure);
      destroyFree(bufferManager);
      return failure;
    },
  };
}

/** The error of memory that a device does not have. */
export const outOfMemory = (expected: string, message?: string): OutOfMemoryError =>
  new OutOfMemoryError(
    `engine webgpu: expected ${expected}, got no memory for it${message ? ` (${message.split('\n')[0]})` : ''}; use smaller batches or images, or another engine.`,
  );

const invalid = (message: string): SofdError =>
  new SofdError(
    'GPU',
    `engine webgpu: expected valid commands, got "${message}"; report this, and use another engine until it is repaired.`,
  );

/** Buffers that could not be had must not be used again, and those that lie about unused may be the memory that is missing. */
function destroyFree(buffers: WebgpuBackend['bufferManager']): void {
  for (const list of buffers.freeBuffers.values()) {
    for (const buffer of list.splice(0)) {
      buffers.numFreeBuffers -= 1;
      buffers.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
}
