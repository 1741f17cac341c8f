import { DeviceLostError } from '@sofd/core';
import { createErrorSegments, type ErrorSegments, outOfMemory } from './error-segments.js';
import type { WebgpuBackend } from './tfjs-backend.js';

/** Reports what goes wrong on a device. */
export interface DeviceWatch {
  /** Resolves when the device is lost without having been given back. */
  readonly lost: Promise<DeviceLostError>;
  isLost(): boolean;
  /** From here on the loss of the device is intended. */
  end(): void;
}

/** A read that fails because the device is gone may fail a moment before the device says so. */
const graceMs = 1000;

/**
 * Lets a backend throw typed errors: where its device is lost, where memory ran out, and where what is read or computed with was made in
 * a segment that failed.
 */
export function watchDevice(backend: WebgpuBackend): DeviceWatch {
  let error: DeviceLostError | undefined;
  let isEnded = false;
  const lost = new Promise<DeviceLostError>((resolve) => {
    backend.device.lost.then(({ message }) => {
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
  const segments = createErrorSegments(backend);
  watchTensors(backend, segments, assertRunning);
  watchReads(backend, segments, { assertRunning, lost });
  watchAllocations(backend, segments);
  return {
    lost,
    isLost: () => error !== undefined,
    end() {
      isEnded = true;
    },
  };
}

function assertSound(segments: ErrorSegments, dataId: object): void {
  const failure = segments.failureOf(dataId);
  if (failure) throw failure;
}

/** Every result of an operation is written, and every operand uploaded where it is not on the GPU yet. */
function watchTensors(backend: WebgpuBackend, segments: ErrorSegments, assertRunning: () => void): void {
  const { write, uploadToGPU, runWebGPUProgram } = backend;
  backend.write = (values, ...rest) => {
    assertRunning();
    const dataId = write.call(backend, values, ...rest);
    // What comes from the CPU is not a result.
    if (!values) segments.enter(dataId);
    return dataId;
  };
  backend.uploadToGPU = (dataId) => {
    assertSound(segments, dataId);
    uploadToGPU.call(backend, dataId);
  };
  backend.runWebGPUProgram = (program, inputs, ...rest) => {
    // tfjs makes the output first, which would be left behind where an input cannot be had.
    for (const { dataId } of inputs) backend.uploadToGPU(dataId);
    return runWebGPUProgram.call(backend, program, inputs, ...rest);
  };
}

interface Loss {
  readonly assertRunning: () => void;
  readonly lost: Promise<DeviceLostError>;
}

function watchReads(backend: WebgpuBackend, segments: ErrorSegments, { assertRunning, lost }: Loss): void {
  const { read, readSync } = backend;
  backend.readSync = (dataId) => {
    assertRunning();
    return readSync.call(backend, dataId);
  };
  backend.read = async (dataId) => {
    assertRunning();
    assertSound(segments, dataId);
    // Submits what was recorded before it returns, so that the segment that is ended next has seen all of it.
    const reading = read.call(backend, dataId);
    const ending = segments.end();
    const [values, ended] = await Promise.allSettled([reading, ending]);
    assertRunning();
    const failure = ended.status === 'fulfilled' ? ended.value : undefined;
    if (values.status === 'fulfilled' && !failure) return values.value;
    forgetValues(backend, dataId);
    throw failure ?? (await soonOrNothing(lost)) ?? (values as PromiseRejectedResult).reason;
  };
}

/** tfjs keeps what it has read. */
function forgetValues(backend: WebgpuBackend, dataId: object): void {
  const data = backend.tensorMap.get(dataId);
  if (data.resource) data.values = null;
}

/** What a promise soon resolves to, if it does. */
function soonOrNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), graceMs);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function watchAllocations({ bufferManager, device }: WebgpuBackend, segments: ErrorSegments): void {
  const { acquireBuffer, releaseBuffer } = bufferManager;
  const largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  bufferManager.acquireBuffer = (size, ...rest) => {
    if (size > largest) throw outOfMemory(`tensors of ${toMebibytes(largest)} at most, as the GPU allows`);
    try {
      const buffer = acquireBuffer.call(bufferManager, size, ...rest);
      segments.enter(buffer);
      return buffer;
    } catch (cause) {
      // Buffers that the CPU fills at once fail at once.
      if (cause instanceof RangeError) throw outOfMemory(`a tensor of ${toMebibytes(size)} to fit`);
      throw cause;
    }
  };
  bufferManager.releaseBuffer = (buffer, reuse = true) =>
    releaseBuffer.call(bufferManager, buffer, reuse && !segments.failureOf(buffer));
}

const toMebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
