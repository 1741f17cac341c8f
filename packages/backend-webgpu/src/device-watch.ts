import { DeviceLostError, OutOfMemoryError, SofdError } from '@sofd/core';
import type { GpuDevice, GpuErrorFilter, WebgpuBackend } from './tfjs-backend.js';

/** Reports what goes wrong on a device. */
export interface DeviceWatch {
  /** Resolves when the device is lost without having been given back. */
  readonly lost: Promise<DeviceLostError>;
  isLost(): boolean;
  /** From here on the loss of the device is intended. */
  end(): void;
}

/** In the order in which their scopes are opened. */
const filters: readonly GpuErrorFilter[] = ['internal', 'validation', 'out-of-memory'];

/** A read that fails because the device is gone may fail a moment before the device says so. */
const graceMs = 1000;

/**
 * Lets a backend throw typed errors.
 *
 * WebGPU reports errors beside the commands that made them, after the fact, and computes on with whatever is in memory. So all commands
 * between two reads are recorded in error scopes; a read throws what they caught, and so does whatever uses a tensor that was made between
 * these reads.
 */
export function watchDevice(backend: WebgpuBackend): DeviceWatch {
  const { device } = backend;
  let error: DeviceLostError | undefined;
  let isEnded = false;
  const lost = new Promise<DeviceLostError>((resolve) => {
    device.lost.then(({ message }) => {
      if (isEnded) return;
      error = new DeviceLostError(
        `engine webgpu: expected a running device, got a lost one (${message}); call useBackend again and load the model anew.`,
      );
      resolve(error);
    });
  });
  const assertRunning = () => {
    if (error) throw error;
  };
  const soonLost = () => Promise.race([lost, new Promise<undefined>((resolve) => setTimeout(resolve, graceMs))]);
  const segments = createSegments(device);
  watchTensors(backend, segments, assertRunning);
  watchReads(backend, segments, { assertRunning, soonLost });
  watchAllocations(backend);
  return {
    lost,
    isLost: () => error !== undefined,
    end() {
      isEnded = true;
    },
  };
}

/** What was recorded between two reads. */
interface Segments {
  /** Notes that a tensor was made in the present one. */
  enter(dataId: object): void;
  /** @throws the error of the segment in which a tensor was made. */
  assertSound(dataId: object): void;
  /** Ends the present one. */
  end(): Promise<SofdError | undefined>;
}

function createSegments(device: GpuDevice): Segments {
  const segmentOf = new WeakMap<object, number>();
  const failures = new Map<number, SofdError>();
  let current = 0;
  const open = () => {
    for (const filter of filters) device.pushErrorScope(filter);
  };
  open();
  return {
    enter(dataId) {
      segmentOf.set(dataId, current);
    },
    assertSound(dataId) {
      const failure = failures.get(segmentOf.get(dataId) ?? -1);
      if (failure) throw failure;
    },
    async end() {
      const ended = current;
      current += 1;
      const caught = filters.map(() => device.popErrorScope());
      open();
      const failure = describeFailure(await Promise.all(caught));
      if (failure) failures.set(ended, failure);
      return failure;
    },
  };
}

/** The scopes are closed innermost first. */
function describeFailure([memory, ...others]: readonly ({ readonly message: string } | null)[]): SofdError | undefined {
  if (memory) return outOfMemory(`what was computed since the last read to fit (${memory.message.split('\n')[0]})`);
  const other = others.find((caught) => caught !== null);
  if (!other) return undefined;
  return new SofdError(
    'GPU',
    `engine webgpu: expected valid commands, got "${other.message}"; report this, and use another engine.`,
  );
}

const outOfMemory = (expected: string): OutOfMemoryError =>
  new OutOfMemoryError(
    `engine webgpu: expected ${expected}, got no memory for it; use smaller batches or images, or another engine.`,
  );

/** Every result of an operation is written, and every operand uploaded where it is not on the GPU yet. */
function watchTensors(backend: WebgpuBackend, segments: Segments, assertRunning: () => void): void {
  const { write, uploadToGPU } = backend;
  backend.write = (...data) => {
    assertRunning();
    const dataId = write.apply(backend, data);
    segments.enter(dataId);
    return dataId;
  };
  backend.uploadToGPU = (dataId) => {
    segments.assertSound(dataId);
    uploadToGPU.call(backend, dataId);
  };
}

interface Loss {
  readonly assertRunning: () => void;
  readonly soonLost: () => Promise<DeviceLostError | undefined>;
}

function watchReads(backend: WebgpuBackend, segments: Segments, { assertRunning, soonLost }: Loss): void {
  const { read, readSync } = backend;
  backend.readSync = (dataId) => {
    assertRunning();
    return readSync.call(backend, dataId);
  };
  backend.read = async (dataId) => {
    assertRunning();
    segments.assertSound(dataId);
    // Submits what was recorded before it returns, so that the scopes that are closed next have seen all of it.
    const reading = read.call(backend, dataId);
    const failing = segments.end();
    const [values, failure] = await Promise.allSettled([reading, failing]);
    assertRunning();
    if (values.status === 'fulfilled' && failure.status === 'fulfilled' && !failure.value) return values.value;
    forgetValues(backend, dataId);
    const rejected = [values, failure].find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    throw (rejected && (await soonLost())) ?? (failure.status === 'fulfilled' && failure.value) ?? rejected?.reason;
  };
}

/** tfjs keeps what it has read, here zeros. */
function forgetValues(backend: WebgpuBackend, dataId: object): void {
  const data = backend.tensorMap.get(dataId);
  if (data.resource) data.values = null;
}

function watchAllocations({ bufferManager, device }: WebgpuBackend): void {
  const { acquireBuffer } = bufferManager;
  const largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  bufferManager.acquireBuffer = (size, ...rest) => {
    if (size > largest) throw outOfMemory(`tensors of ${toMebibytes(largest)} at most, as the GPU allows`);
    try {
      return acquireBuffer.call(bufferManager, size, ...rest);
    } catch (cause) {
      // Buffers that the CPU fills at once fail at once.
      if (cause instanceof RangeError) throw outOfMemory(`a tensor of ${toMebibytes(size)} to fit`);
      throw cause;
    }
  };
}

const toMebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
