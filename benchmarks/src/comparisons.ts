import { baseVit, smallVit } from './work/vit-shape.js';
import { nameWork, type Work } from './work/work.js';

/** Our engines. */
export type EngineName = 'native' | 'wasm' | 'tensorflow';

/** What others wrote. */
export type PeerContenderName =
  | 'PyTorch'
  | 'PyTorch fused'
  | 'PyTorch foreach'
  | 'onnxruntime-node'
  | 'onnxruntime-web';

/** Where contenders run: this Node, a newer one, a browser. */
export type Environment = 'Node' | 'Node 24' | 'Chromium';

/** An engine of ours, with the peers it is held against: the fastest of them counts. */
export interface Entry {
  readonly engine: EngineName;
  readonly against: readonly PeerContenderName[];
  /** The ratio, theirs / ours, that it should reach. None where the ratio is only stated. */
  readonly goal?: number;
}

/** Contenders that do the same work in turns. */
export interface Comparison {
  readonly work: Work;
  readonly environment: Environment;
  readonly threads: number;
  readonly entries: readonly Entry[];
}

type Unthreaded = Omit<Comparison, 'threads'>;

const trainingStep: Unthreaded = {
  work: { kind: 'training step', shape: smallVit, batch: 16 },
  environment: 'Node',
  entries: [
    { engine: 'native', against: ['PyTorch'], goal: 1 },
    { engine: 'tensorflow', against: ['PyTorch'], goal: 0.8 },
    { engine: 'wasm', against: ['PyTorch'] },
  ],
};

const forwardWorks = [1, 8].map((batch): Work => ({ kind: 'forward', shape: baseVit, batch }));

const nativeForwards = forwardWorks.map(
  (work): Unthreaded => ({
    work,
    environment: 'Node',
    entries: [
      { engine: 'native', against: ['onnxruntime-node', 'PyTorch'], goal: 1 },
      { engine: 'tensorflow', against: ['PyTorch'], goal: 0.8 },
    ],
  }),
);

const wasmForwards = (['Node', 'Node 24', 'Chromium'] as const).flatMap((environment) =>
  forwardWorks.map(
    (work): Unthreaded => ({
      work,
      environment,
      // Node 20 has no relaxed SIMD, on which the goal counts.
      entries: [{ engine: 'wasm', against: ['onnxruntime-web'], ...(environment === 'Node' ? {} : { goal: 1.5 }) }],
    }),
  ),
);

const updates = [true, false].map(
  (joined): Unthreaded => ({
    work: { kind: 'AdamW', shape: baseVit, joined },
    environment: 'Node',
    entries: [
      { engine: 'native', against: ['PyTorch fused', 'PyTorch foreach'], goal: 1 },
      { engine: 'tensorflow', against: ['PyTorch fused', 'PyTorch foreach'] },
      { engine: 'wasm', against: ['PyTorch fused', 'PyTorch foreach'] },
    ],
  }),
);

/** All comparisons, for each number of threads. */
export const createComparisons = (threads: readonly number[]): readonly Comparison[] =>
  [trainingStep, ...nativeForwards, ...updates, ...wasmForwards].flatMap((comparison) =>
    threads.map((count) => ({ ...comparison, threads: count })),
  );

/** A name with where it runs, unless that is this Node: `'wasm in Chromium'`. */
export const placed = (name: string, { environment }: Pick<Comparison, 'environment'>): string =>
  environment === 'Node' ? name : `${name} in ${environment}`;

/** The name of an engine's part in a comparison: `'forward, ViT-B/32, batch 1, wasm in Chromium'`. */
export const nameEntry = (comparison: Pick<Comparison, 'work' | 'environment'>, { engine }: Entry): string =>
  `${nameWork(comparison.work)}, ${placed(engine, comparison)}`;

/** What is counted instead of timed: the compute shaders of a run, whose number is what it costs on a real GPU. */
export interface DispatchCount {
  readonly work: Work;
  /** Dispatches of composed operations / dispatches of fused kernels. */
  readonly goal: number;
}

/** Neither count depends on the batch, which is as small as it can be: a software GPU may run this. */
export const dispatchCounts: readonly DispatchCount[] = (['forward', 'training step'] as const).map((kind) => ({
  work: { kind, shape: smallVit, batch: 1 },
  goal: 2.5,
}));

/** The name of a count: `'dispatches, forward, ViT-192/16, batch 1, webgpu'`. */
export const nameCount = ({ work }: DispatchCount): string => `dispatches, ${nameWork(work)}, webgpu`;
