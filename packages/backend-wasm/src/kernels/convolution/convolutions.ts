import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Gemm } from '../../gemm/gemm.js';
import { createDeferral } from '../../heap/deferral.js';
import type { KernelContext } from '../kernel-context.js';
import type { Stock } from '../mat-mul.js';
import { createDepthwiseWork, createProductWork } from './convolution-work.js';
import { createMapContext } from './map-context.js';
import type { MapWork } from './map-work.js';
import { createSteppedWork } from './stepped-work.js';
import { createActivation, createStep, type Step } from './steps.js';
import { describeWindow, isPointwise, type Window, type WindowAttributes } from './window.js';

/** The kernels of convolutions, and of what may follow them. */
export interface Convolutions {
  readonly kernels: Readonly<Record<string, KernelFunc>>;
  /** Computes what was put off, and frees what the kernels keep. */
  dispose(): void;
}

interface ConvolutionInputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

interface Attributes extends WindowAttributes {
  readonly activation?: string | null;
  readonly leakyreluAlpha?: number;
}

/** The steps of the bias and the activation; undefined where one of them is not ours. */
function stepsAfter(
  inputs: ConvolutionInputs,
  attributes: Attributes,
  { output }: Window,
): readonly Step[] | undefined {
  const { bias, preluActivationWeights: slopes } = inputs;
  const activation = createActivation(
    { name: attributes.activation, slopes, alpha: attributes.leakyreluAlpha },
    output,
  );
  if (!bias || !activation) return activation;
  const sum = createStep('add', bias, output);
  return sum && [sum, ...activation];
}

/**
 * tfjs's convolutions, plain and depthwise.
 *
 * A convolution is computed when its result is read. Sums, limits and activations that follow are done by the same pass, a strip of
 * rows at a time, and so is a pointwise convolution after a depthwise one. What our kernels do not do goes to the stock ones.
 *
 * @param after - the kernels in use for what may follow a convolution.
 */
export function createConvolutions(context: KernelContext, gemm: Gemm, after: Stock): Convolutions {
  const maps = createMapContext(context, gemm);
  const deferral = createDeferral<MapWork>(context.heap);

  const defer = (work: MapWork): TensorInfo => {
    // What they read is computed first, so that no more than one convolution waits for another.
    for (const x of work.reads) context.addressOf(x);
    const output = context.make(work.shape);
    deferral.defer(output, work);
    return output;
  };

  const convolve =
    (stock: KernelFunc, isDepthwise: boolean): KernelFunc =>
    (call) => {
      const inputs = call.inputs as unknown as ConvolutionInputs;
      const attributes = call.attrs as unknown as Attributes;
      const window = describeWindow(inputs, attributes, isDepthwise);
      const steps = window && stepsAfter(inputs, attributes, window);
      if (!window || !steps) return stock(call);
      const convolution = { x: inputs.x, filter: inputs.filter, window };
      if (isDepthwise) return defer(createSteppedWork(createDepthwiseWork(convolution, maps), steps, maps));
      const before = deferral.find(inputs.x);
      const isJoined = before && !before.hasProduct && isPointwise(window);
      return defer(createSteppedWork(createProductWork(convolution, maps, isJoined ? before : undefined), steps, maps));
    };

  /** A kernel whose work can be done with that of a convolution before it. */
  const follow =
    (kernel: KernelFunc, stepsOf: StepsOf): KernelFunc =>
    (call) => {
      const found = stepsOf(call, deferral.find);
      return found?.steps ? defer(createSteppedWork(found.work, found.steps, maps)) : kernel(call);
    };

  return {
    kernels: {
      Conv2D: convolve(after('Conv2D'), false),
      FusedConv2D: convolve(after('FusedConv2D'), false),
      DepthwiseConv2dNative: convolve(after('DepthwiseConv2dNative'), true),
      FusedDepthwiseConv2D: convolve(after('FusedDepthwiseConv2D'), true),
      ...Object.fromEntries(Object.entries(followers).map(([name, stepsOf]) => [name, follow(after(name), stepsOf)])),
    },
    dispose() {
      deferral.settle();
      maps.free();
    },
  };
}

type Following = { readonly work: MapWork; readonly steps: readonly Step[] | undefined } | undefined;
type StepsOf = (call: Parameters<KernelFunc>[0], find: (x: TensorInfo) => MapWork | undefined) => Following;

const ofActivation =
  (name: string): StepsOf =>
  ({ inputs, attrs }, find) => {
    const { x, alpha: slopes } = inputs as { x: TensorInfo; alpha?: TensorInfo };
    const work = find(x);
    const alpha = (attrs as { alpha?: number } | undefined)?.alpha;
    return work && { work, steps: createActivation({ name, slopes, alpha }, work.shape) };
  };

/** Operations whose operands may change places. */
const ofPair =
  (operation: Step['operation']): StepsOf =>
  ({ inputs }, find) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const [first, second] = [find(a), find(b)];
    const work = first ?? second;
    const step = work && createStep(operation, first ? b : a, work.shape);
    return work && { work, steps: step && [step] };
  };

/** The kernels that may follow a convolution. */
const followers: Readonly<Record<string, StepsOf>> = {
  Add: ofPair('add'),
  Multiply: ofPair('multiply'),
  Minimum: ofPair('minimum'),
  Maximum: ofPair('maximum'),
  Relu: ofActivation('relu'),
  Relu6: ofActivation('relu6'),
  Prelu: ofActivation('prelu'),
  LeakyRelu: ofActivation('leakyrelu'),
};
