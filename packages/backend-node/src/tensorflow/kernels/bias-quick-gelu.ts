import type { FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type Node } from '../functions/function-def.js';
import type { Operations } from '../functions/operations.js';
import type { Handle } from '../tensorflow-binding.js';
import type { Composition, Eager } from './eager.js';
import { memoize } from './memoize.js';

const steepness = 1.702;

/** $z = x + b$, $u = 1.702 z$ and $\sigma(u)$, [..., width] each. */
function activate(x: Node, bias: Node, ops: Operations): { z: Node; u: Node; gate: Node } {
  const z = ops.binary('AddV2', x, bias);
  const u = ops.binary('Mul', z, ops.scalar(steepness));
  return { z, u, gate: ops.unary('Sigmoid', u) };
}

const compose = (width: number, compiled: boolean) => ({
  forward: {
    name: 'bias_quick_gelu',
    types: floats('x', 'bias'),
    outputs: 1,
    compiled,
    write({ x, bias }, ops) {
      const { z, gate } = activate(x as Node, bias as Node, ops);
      return [ops.binary('Mul', z, gate)];
    },
  } satisfies Composition,
  gradient: {
    name: `bias_quick_gelu_gradient_${width}`,
    types: floats('x', 'bias', 'dy'),
    outputs: 2,
    compiled,
    write({ x, bias, dy }, ops) {
      const { u, gate } = activate(x as Node, bias as Node, ops);
      // The slope of z sigma(u) is sigma(u) + u sigma'(u).
      const throughGate = ops.binary('SigmoidGrad', gate, ops.binary('Mul', u, dy as Node)); // [..., width]
      const dx = ops.binary('AddV2', ops.binary('Mul', dy as Node, gate), throughGate); // [..., width]
      return [dx, ops.sumRows(ops.reshape(dx, [-1, width]))];
    },
  } satisfies Composition,
});

/**
 * The activation after a bias.
 *
 * @param eager - the operations.
 * @param compiled - whether XLA makes one loop of it.
 */
export function createBiasQuickGelu(
  { compute, call, of, tensor }: Eager,
  compiled: boolean,
): Required<FusedKernels>['biasQuickGelu'] {
  const functionsFor = memoize((width: number) => compose(width, compiled));
  return {
    forward: ({ x, bias }) =>
      compute(() => tensor(call(functionsFor(bias.shape[0] as number).forward, [x, bias].map(of))[0] as Handle)),
    gradient: ({ x, bias, dy }) =>
      compute(() => {
        const { gradient } = functionsFor(bias.shape[0] as number);
        return call(gradient, [x, bias, dy].map(of)).map(tensor) as [TensorInfo, TensorInfo];
      }),
  };
}
