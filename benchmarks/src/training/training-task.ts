import type { LabelGraphDefinition } from '@sofd/core';
import type { Profile } from '../contenders/protocol.js';

/** The sizes of a CLIP, as `clip.create_weights` in tests/pytorch takes them. */
export interface ClipSizes {
  readonly embed: number;
  readonly image: number;
  readonly patch: number;
  readonly width: number;
  readonly depth: number;
  readonly context: number;
  readonly tokens: number;
  readonly text_width: number;
  readonly text_depth: number;
}

/** CLIP's vocabulary and context. */
const texts = { context: 77, tokens: 49408 };

/** Models that are trained, both sides of them. */
export const trainingModels = {
  'ViT-B/32': { ...texts, embed: 512, image: 224, patch: 32, width: 768, depth: 12, text_width: 512, text_depth: 12 },
  'ViT-192/16': { ...texts, embed: 128, image: 112, patch: 16, width: 192, depth: 6, text_width: 128, text_depth: 6 },
} as const satisfies Readonly<Record<string, ClipSizes>>;

/** The name of a model in {@link trainingModels}. */
export type TrainingModelName = keyof typeof trainingModels;

/** Those of the published recipe: AdamW's, and Adam's on the task weights. */
export const rates = { learningRate: 6e-7, weightDecay: 1e-3, taskWeights: 1e-3 } as const;

/** What a step is: bi-level, or with equal weights. */
export type StepKind = 'bi-level' | 'plain';

/** What a contender is to train. */
export interface TrainingTask {
  readonly kind: StepKind;
  /** Holds weights.pt, and from {@link provideTrainingInputs} images, targets and tokens. */
  readonly folder: string;
  readonly graph: LabelGraphDefinition;
  readonly batch: number;
  readonly threads: number;
  readonly rates: typeof rates;
  /** The answer is that of the first so many steps. */
  readonly answerSteps: number;
}

/** The numbers of one step. Losses come one a task: primary, global, local. */
export interface StepNumbers {
  /** On the training batch, before the step. */
  readonly losses: readonly number[];
  /** With which the step was taken. */
  readonly taskWeights: readonly number[];
  /** After the step ahead; these and the rest of bi-level steps. */
  readonly heldOutLosses?: readonly number[];
  /** Where the parameters are moved for the finite difference. */
  readonly lossesPlus?: readonly number[];
  readonly lossesMinus?: readonly number[];
  /** Of the primary task's held-out gradient. */
  readonly norm?: number;
}

/** A contender that has taken its first steps. */
export interface TrainingAnswer {
  readonly description: string;
  readonly answer: readonly StepNumbers[];
}

/** Where the time of a step of ours goes. */
export interface TrainingProfile extends Profile {
  /** Milliseconds of a core's time, in the order of the step. */
  readonly phases: Readonly<Record<string, number>>;
}
