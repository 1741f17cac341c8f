import { forwardFlops, type VitShape } from './vit-shape.js';

/** What all contenders of a comparison do. Plain JSON: processes in other languages are told it too. */
export type Work =
  | {
      /** Loss (cross entropy), gradients and an AdamW update of a vision transformer. */
      readonly kind: 'training step';
      readonly shape: VitShape;
      readonly batch: number;
    }
  | {
      /** Images to embeddings. */
      readonly kind: 'forward';
      readonly shape: VitShape;
      readonly batch: number;
    }
  | {
      /** An AdamW update of a model's parameters, as they are or joined to one tensor. */
      readonly kind: 'AdamW';
      readonly shape: VitShape;
      readonly joined: boolean;
    };

/** What the works have in common, for contenders in every language. */
export const constants = {
  /** Of AdamW. */
  rates: { learningRate: 1e-3, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 1e-2 },
  /** A training step's or an update's answer is that of the first so many. */
  answerSteps: 3,
  /** The answer of the work AdamW is every so many-th number of the parameters: a prime, to meet all columns. */
  answerStride: 9973,
  /** In the work AdamW the gradient is this multiple of the first parameters. */
  gradientFactor: 0.01,
} as const;

/** The name of a work in tables. */
export function nameWork(work: Work): string {
  const { kind, shape } = work;
  if (work.kind === 'AdamW') return `${kind}, ${shape.name}, ${work.joined ? 'one tensor' : 'its tensors'}`;
  return `${kind}, ${shape.name}, batch ${work.batch}`;
}

/** Floating-point operations of one run, of the matrix products; 0 where memory is what matters. */
export function flopsOf(work: Work): number {
  if (work.kind === 'AdamW') return 0;
  // The gradients of a product with respect to both of its operands cost one product each.
  return forwardFlops(work.shape) * work.batch * (work.kind === 'training step' ? 3 : 1);
}
