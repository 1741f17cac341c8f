import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** A buffer on the GPU. */
export interface GpuBuffer {
  /** Bytes. */
  readonly size: number;
  destroy(): void;
}

/** A part of a buffer, as a shader is given it. */
interface GpuBinding {
  readonly buffer: GpuBuffer;
}

/** A compiled shader. */
export interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}

interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number): void;
}

interface GpuCommandEncoder {
  beginComputePass(): GpuComputePass;
  clearBuffer(buffer: GpuBuffer): void;
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, bytes: number): void;
}

/** The kinds of errors that WebGPU reports in scopes. */
export type GpuErrorFilter = 'out-of-memory' | 'validation' | 'internal';

/** What the engine uses of a `GPUDevice`. */
export interface GpuDevice {
  readonly limits: {
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
    readonly maxComputeWorkgroupsPerDimension: number;
  };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createShaderModule(descriptor: { readonly code: string; readonly label: string }): object;
  createComputePipeline(descriptor: {
    readonly layout: 'auto';
    readonly label: string;
    readonly compute: { readonly module: object };
  }): GpuPipeline;
  createBindGroup(descriptor: {
    readonly layout: object;
    readonly entries: readonly { readonly binding: number; readonly resource: GpuBinding }[];
  }): object;
  pushErrorScope(filter: GpuErrorFilter): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
  destroy(): void;
}

/** What tfjs keeps of a tensor: its values on the CPU, or its buffer on the GPU, or both. */
interface TensorData {
  readonly shape: number[];
  values: unknown;
  resource?: GpuBuffer | null;
  /** Tensors that share the data. */
  readonly refCount: number;
  /** Whether the buffer is somebody else's. */
  readonly external?: boolean;
}

/**
 * The running tfjs backend: its tensors' buffers and the pass into which it records.
 *
 * The part of tfjs's `WebGPUBackend` that kernels use; its own declarations hide some of it. Recording into the same pass
 * keeps our kernels in order with the stock ones.
 */
export interface WebgpuBackend extends KernelBackend {
  readonly device: GpuDevice;
  readonly bufferManager: {
    /** Buffers that wait to be used again, by size and usage. */
    readonly freeBuffers: ReadonlyMap<string, GpuBuffer[]>;
    numFreeBuffers: number;
    readonly numBytesUsed: number;
    numBytesAllocated: number;
    acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
  };
  readonly tensorMap: { get(dataId: object): TensorData };
  /** Output tiles below which a product leaves the GPU idle. */
  readonly thresholdToIncreaseWorkgroups: number;
  readonly commandEncoder: GpuCommandEncoder;
  computePassEncoder: GpuComputePass | null;
  /** What the recorded commands use, and tfjs must therefore not free yet. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  /** Runs a program of tfjs. */
  runWebGPUProgram(program: object, inputs: readonly TensorInfo[], ...rest: readonly unknown[]): TensorInfo;
  makeTensorInfo(shape: readonly number[], dtype: DataType, values?: Float32Array): TensorInfo;
  makeUniforms(fields: readonly { readonly type: 'uint32' | 'float32'; readonly data: number[] }[]): GpuBinding;
}

/** The buffer of a tensor, which is uploaded where it is not on the GPU yet. */
export function bufferOf(backend: WebgpuBackend, { dataId }: TensorInfo): GpuBuffer {
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GpuBuffer;
}

/** Lets a tensor have the buffer of another, which is left without one and may only be disposed of. */
export function moveBuffer(backend: WebgpuBackend, from: object, to: object): void {
  const source = backend.tensorMap.get(from);
  backend.tensorMap.get(to).resource = source.resource as GpuBuffer;
  source.resource = null;
  source.values = null;
}
