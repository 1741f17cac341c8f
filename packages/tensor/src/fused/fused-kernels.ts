import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelOverrides } from '../backend/kernel-overrides.js';

/** The rates of one AdamW update, the way the formula uses them. */
export interface AdamWRates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** $\eta / (1 - \beta_1^t)$ */
  readonly stepSize: number;
  /** $1 / \sqrt{1 - \beta_2^t}$ */
  readonly inverseRootCorrection2: number;
  /** $1 - \eta\lambda$ */
  readonly decay: number;
  /** The part of the running average of the parameters that is kept; used where `ema` is given. */
  readonly emaDecay: number;
  /**
   * Whether `param`, `m`, `v` and `ema` are given away: the kernel may write its outputs into their memory, unless other
   * tensors share it. Their tensors are disposed of afterwards and never read.
   */
  readonly donate: boolean;
}

/**
 * The work of several operations in one kernel, for engines that have it.
 *
 * Each entry is optional; where an engine lacks one, the layer composes it from plain operations. A forward kernel comes with
 * its gradient. All tensors are float32, ids apart.
 */
export interface FusedKernels {
  /** $y = x W + b$. The gradient is made of matrix products with transposed operands and a sum over rows. */
  readonly linear?: {
    /** `x` [..., in] of two dimensions at least, `weight` [in, out], `bias` [out] -> [..., out] */
    forward(inputs: { x: TensorInfo; weight: TensorInfo; bias?: TensorInfo }): TensorInfo;
  };
  /** $y = (x - \mu) / \sqrt{\sigma^2 + \epsilon} \cdot g + b$ over the last dimension. */
  readonly layerNorm?: {
    /** `x` [..., width], `gain` [width], `bias` [width] -> [..., width] */
    forward(inputs: Record<'x' | 'gain' | 'bias', TensorInfo>, attrs: { epsilon: number }): TensorInfo;
    /** -> gradients of x [..., width], gain [width] and bias [width] */
    gradient(
      inputs: Record<'x' | 'gain' | 'dy', TensorInfo>,
      attrs: { epsilon: number },
    ): [TensorInfo, TensorInfo, TensorInfo];
  };
  /** $y = z\,\sigma(1.702 z)$ with $z = x + b$. */
  readonly biasQuickGelu?: {
    /** `x` [..., width], `bias` [width] -> [..., width] */
    forward(inputs: Record<'x' | 'bias', TensorInfo>): TensorInfo;
    /** -> gradients of x [..., width] and bias [width] */
    gradient(inputs: Record<'x' | 'bias' | 'dy', TensorInfo>): [TensorInfo, TensorInfo];
  };
  /** $\mathrm{softmax}(q k^T / \sqrt{d})\, v$ for every head, in causal attention over the token itself and those before it. */
  readonly attention?: {
    /**
     * `qkv` [batch, tokens, 3 * width] holds query, key and value side by side, each head by head: the column of a number is
     * `part * width + head * dim + i`. -> [batch, tokens, width], the column being `head * dim + i`.
     */
    forward(inputs: Record<'qkv', TensorInfo>, attrs: AttentionAttributes): TensorInfo;
    /** `dy` [batch, tokens, width] -> the gradient of qkv [batch, tokens, 3 * width] */
    gradient(inputs: Record<'qkv' | 'dy', TensorInfo>, attrs: AttentionAttributes): [TensorInfo];
  };
  /** Rows of a table by their number. */
  readonly embedding?: {
    /** `ids` [count] int32, `table` [vocabulary, width] -> [count, width] */
    forward(inputs: Record<'ids' | 'table', TensorInfo>): TensorInfo;
    /** `dy` [count, width] -> [vocabulary, width]: the rows of dy summed by their id */
    gradient(inputs: Record<'ids' | 'dy', TensorInfo>, attrs: { vocabulary: number }): [TensorInfo];
  };
  /** $1 - \sqrt{p g + \epsilon} - \sqrt{c\,(1 - g) + \epsilon}$ for marginals p with complements c = 1 - p and targets g. */
  readonly fidelity?: {
    /** all of one shape -> the same shape */
    forward(
      inputs: Record<'marginals' | 'complements' | 'targets', TensorInfo>,
      attrs: { epsilon: number },
    ): TensorInfo;
    /** -> gradients of marginals and complements */
    gradient(
      inputs: Record<'marginals' | 'complements' | 'targets' | 'dy', TensorInfo>,
      attrs: { epsilon: number },
    ): [TensorInfo, TensorInfo];
  };
  /** One parameter's AdamW update in a single pass. */
  readonly adamW?: {
    /** all of one shape, `gradientScale` a scalar that multiplies the gradient first -> param, m, v and, where given, ema */
    update(
      inputs: Record<'param' | 'gradient' | 'm' | 'v', TensorInfo> & { ema?: TensorInfo; gradientScale?: TensorInfo },
      attrs: AdamWRates,
    ): TensorInfo[];
  };
}

/** What {@link FusedKernels.attention} is told. */
export interface AttentionAttributes {
  readonly heads: number;
  /** Whether a token sees only itself and those before it. */
  readonly causal: boolean;
}

/** The parts of an entry of the table. */
export type FusedKernelPart = 'forward' | 'gradient' | 'update';

const prefix = 'sofd.';

/** The name under which tfjs knows a kernel: `sofd.layerNorm.gradient`. */
export const fusedKernelName = (name: keyof FusedKernels, part: FusedKernelPart): string => `${prefix}${name}.${part}`;

export const isFusedKernelName = (kernelName: string): boolean => kernelName.startsWith(prefix);

/**
 * Puts fused kernels into the form that {@link overrideKernels} takes.
 *
 * @param kernels - what an engine can do in one go.
 * @example
 * ```ts
 * import { fusedKernelFunctions, overrideKernels, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const end = overrideKernels('cpu', 'mine', () => fusedKernelFunctions({ linear: { forward: ({ x }) => x } }));
 * // From here to end(), every linear layer runs the kernel.
 * end();
 * ```
 */
export function fusedKernelFunctions(kernels: FusedKernels): KernelOverrides {
  const functions: Record<string, KernelFunc> = {};
  for (const [name, parts] of Object.entries(kernels) as [keyof FusedKernels, object][]) {
    for (const [part, run] of Object.entries(parts) as [FusedKernelPart, Run][]) {
      functions[fusedKernelName(name, part)] = ({ inputs, attrs }) => run(inputs, attrs);
    }
  }
  return functions;
}

type Run = (inputs: unknown, attrs: unknown) => TensorInfo | TensorInfo[];
