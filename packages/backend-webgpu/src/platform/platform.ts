/** What is used of the GPU's description. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether the processor plays the GPU. */
  readonly isFallbackAdapter?: boolean;
}

/** A GPU that can be had. */
export interface Adapter {
  readonly info: AdapterInfo;
}

/** The entry to WebGPU: `navigator.gpu`, or that of the npm package `webgpu`. */
export interface Gpu {
  requestAdapter(options?: { readonly powerPreference?: 'low-power' | 'high-performance' }): Promise<Adapter | null>;
}

/** Why there is no GPU, and what to do. */
export interface NoGpu {
  readonly reason: string;
  readonly remedy: string;
}

/** What differs between Node and browsers. */
export interface Platform {
  /** Finds an entry that has an adapter. Cheap after the first time. */
  openGpu(): Promise<{ readonly gpu: Gpu; readonly adapter: Adapter } | NoGpu>;
  /** Puts the entry where tfjs looks for it. */
  expose(gpu: Gpu): void;
  /** Takes it away again, where it was not there before. */
  conceal(): void;
}
