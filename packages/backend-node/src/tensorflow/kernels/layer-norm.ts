import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type Node } from '../functions/function-def.js';
import type { Operations } from '../functions/operations.js';
import type { Handle } from '../tensorflow-binding.js';
import type { Composition, Eager } from './eager.js';
import { memoize } from './memoize.js';

type Nodes = Readonly<Record<string, Node>>;

/** The normalised values, [..., width], and the scale of each row, [..., 1]. */
function normalise(x: Node, epsilon: number, ops: Operations): [Node, Node] {
  const centred = ops.binary('Sub', x, ops.meanLast(x));
  const variance = ops.meanLast(ops.unary('Square', centred));
  const scale = ops.unary('Rsqrt', ops.binary('AddV2', variance, ops.scalar(epsilon)));
  return [ops.binary('Mul', centred, scale), scale];
}

/** Gradients of x, gain and bias. */
function differentiate([normal, scale]: readonly [Node, Node], { gain, dy }: Nodes, width: number, ops: Operations) {
  const sumRows = (x: Node) => ops.sumRows(ops.reshape(x, [-1, width])); // [width]
  const dNormal = ops.binary('Mul', dy as Node, gain as Node); // [..., width]
  // The normalised values do not change when a row is shifted or stretched: what points there has no effect.
  const alongShift = ops.meanLast(dNormal); // [..., 1]
  const alongStretch = ops.meanLast(ops.binary('Mul', dNormal, normal)); // [..., 1]
  const shifted = ops.binary('Sub', dNormal, alongShift); // [..., width]
  const remaining = ops.binary('Sub', shifted, ops.binary('Mul', normal, alongStretch)); // [..., width]
  return [ops.binary('Mul', remaining, scale), sumRows(ops.binary('Mul', dy as Node, normal)), sumRows(dy as Node)];
}

/** The functions for rows of a width. Those that remember return what the gradient needs of the forward pass. */
function compose(epsilon: number, width: number) {
  const suffix = `${width}_${String(epsilon).replaceAll(/\W/g, '_')}`;
  const forward = (remembers: boolean): Composition => ({
    name: `layer_norm_${remembers ? 'remembered_' : ''}${suffix}`,
    types: floats('x', 'gain', 'bias'),
    outputs: remembers ? 3 : 1,
    write({ x, gain, bias }, ops) {
      const [normal, scale] = normalise(x as Node, epsilon, ops);
      const y = ops.binary('AddV2', ops.binary('Mul', normal, gain as Node), bias as Node);
      return remembers ? [y, normal, scale] : [y];
    },
  });
  return {
    forward: forward(false),
    remember: forward(true),
    gradient: {
      name: `layer_norm_gradient_${suffix}`,
      types: floats('gain', 'dy', 'x'),
      outputs: 3,
      write: (args, ops) => differentiate(normalise(args.x as Node, epsilon, ops), args, width, ops),
    } satisfies Composition,
    rememberedGradient: {
      name: `layer_norm_remembered_gradient_${suffix}`,
      types: floats('gain', 'dy', 'normal', 'scale'),
      outputs: 3,
      write: (args, ops) => differentiate([args.normal as Node, args.scale as Node], args, width, ops),
    } satisfies Composition,
  };
}

/** Layer normalisation. Its gradient takes the normalised values from the forward pass where they were kept. */
export function createLayerNorm({ compute, call, of, tensor, ...eager }: Eager): Required<FusedKernels>['layerNorm'] {
  const functionsFor = memoize(compose);
  const memory = (epsilon: number) => `layerNorm ${epsilon}`;
  return {
    forward: ({ x, gain, bias }, { epsilon }) =>
      compute(() => {
        const { forward, remember } = functionsFor(epsilon, gain.shape[0] as number);
        const isRecording = eager.isRecording();
        const [y, ...kept] = call(isRecording ? remember : forward, [x, gain, bias].map(of));
        if (isRecording) eager.keep(x, memory(epsilon), kept);
        return tensor(y as Handle);
      }),
    gradient: ({ x, gain, dy }, { epsilon }) =>
      compute(() => {
        const { gradient, rememberedGradient } = functionsFor(epsilon, gain.shape[0] as number);
        const kept = eager.kept(x, memory(epsilon));
        const results = kept
          ? call(rememberedGradient, [of(gain), of(dy), ...kept])
          : call(gradient, [gain, dy, x].map(of));
        return results.map(tensor) as [TensorInfo, TensorInfo, TensorInfo];
      }),
  };
}
