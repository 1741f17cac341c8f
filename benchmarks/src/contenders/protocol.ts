import type { constants, Work } from '../work/work.js';

/** What a contender is to do, and with what. */
export interface Task {
  readonly work: Work;
  readonly constants: typeof constants;
  readonly threads: number;
  /** Files of parameters and of images, see `Inputs`: paths, and URLs in a page. */
  readonly weights: string;
  readonly images: string;
  /** The same model as an ONNX graph, for contenders that read such. */
  readonly graph?: string;
}

/** A contender that is ready. */
export interface Prepared {
  /** What computes, for people: version, device. */
  readonly description: string;
  /** See `RunningWork`. */
  readonly answer: readonly number[];
}

/** The cost of one kernel. */
export interface KernelCost {
  readonly name: string;
  /** A run. */
  readonly calls: number;
  /** A run, without kernels that it calls. */
  readonly milliseconds: number;
}

/** Where the time of a run goes. */
export interface Profile {
  readonly milliseconds: number;
  /** The rest is spent between kernels. */
  readonly kernels: readonly KernelCost[];
}

/** Who takes part in a comparison. Lives in a process, or page, of its own. */
export interface Contender<Given = Task, Answered = Prepared, Profiled = Profile> {
  prepare(task: Given): Promise<Answered>;
  /** Does the work `iterations` times and returns the milliseconds of each. */
  run(iterations: number): Promise<readonly number[]>;
  /** The most memory that was ever resident, MiB. */
  peakMemory(): Promise<number>;
  /** Where the engine is ours. */
  profile?(iterations: number): Promise<Profiled>;
}

/** A line to a contender: which function to call, with what. */
export interface Request {
  readonly call: keyof Contender;
  readonly with?: unknown;
}

/** The line that answers it. Lines that are not of this form are chatter of libraries. */
export type Response = { readonly result: unknown } | { readonly error: string };
