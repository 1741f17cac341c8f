import type { CheckpointSource } from '@sofd/model';
import type { Backend } from '@sofd/tensor';

/** What differs between Node and browsers; `node.ts` and `browser.ts` of this folder both implement it. */
export interface Platform {
  /** The engines that `engine: 'auto'` tries, best first. */
  readonly automaticEngines: readonly ('webgpu' | 'native' | 'wasm')[];
  /** Reads a model named by a string or a URL: a folder or an address. */
  openModel(model: string | URL): CheckpointSource;
  /** The engines that only Node has. */
  createNodeEngine(name: 'native' | 'tensorflow'): Promise<Backend>;
}
