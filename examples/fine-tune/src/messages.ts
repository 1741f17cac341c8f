import type { FaceForensicsManipulation } from '@sofd/core';
import type { CheckpointFiles } from '@sofd/model';
import type { StepRecord } from '@sofd/trainer';

/** Kinds of alterations that a person may say, as the page words them; the label graph knows what each alters. */
export const alterations = {
  'identity-swap': 'another person’s face',
  reenactment: 'another expression or speech',
  'expansion:eyes': 'the eyes',
  'expansion:mouth': 'the mouth',
  'expansion:nose': 'the nose',
  'expansion:eyebrow': 'the eyebrows',
  'expansion:skin': 'the skin',
} as const satisfies Partial<Record<FaceForensicsManipulation, string>>;

/** What a face is said to be. */
export type Kind = 'real' | keyof typeof alterations;

/** A photograph and what it is said to show. */
export interface Photograph {
  readonly file: File;
  readonly kind: Kind;
}

/** What the page asks for before training. */
export interface Preparation {
  readonly photographs: readonly Photograph[];
  /** Makes an altered face of every real one: eyes, mouth or nose of somebody else. */
  readonly makeAltered: boolean;
  readonly engine: 'auto' | 'webgpu' | 'wasm';
  /** Address of the folder of the checkpoint to start from. */
  readonly checkpoint: string;
}

/** How the page wants to train. */
export interface Training {
  readonly steps: number;
  readonly weighting: 'auto-lambda' | 'equal';
  /** Goes on from where the last training was stopped. */
  readonly resume: boolean;
}

/** From the page to the worker. */
export type Request =
  | ({ readonly task: 'prepare' } & Preparation)
  | ({ readonly task: 'train' } & Training)
  | { readonly task: 'stop' };

/** A face as the page shows it. */
export interface FaceView {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  /** Whether it is kept from the weights. */
  readonly isHeldOut: boolean;
  /** The crop that the model sees, as PNG. */
  readonly picture: Blob;
}

/** Scores of a held-out face, by the checkpoint before and the one after. */
export interface Score {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

/** From the worker to the page. */
export type Answer =
  | { readonly kind: 'progress'; readonly stage: string; readonly done: number; readonly total: number }
  | {
      readonly kind: 'prepared';
      readonly faces: readonly FaceView[];
      /** What was left out, a sentence each. */
      readonly leftOut: readonly string[];
      readonly engine: string;
    }
  | { readonly kind: 'step'; readonly record: StepRecord }
  | { readonly kind: 'stopped'; readonly step: number }
  | { readonly kind: 'result'; readonly scores: readonly Score[]; readonly files: CheckpointFiles }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string };
