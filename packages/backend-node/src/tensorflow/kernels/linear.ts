import type { FusedKernels } from '@sofd/tensor';
import { floats, type Node } from '../functions/function-def.js';
import type { Handle } from '../tensorflow-binding.js';
import type { Composition, Eager } from './eager.js';
import { memoize } from './memoize.js';

/** For a matrix, or for a stack of extents `outer` as one tall matrix; one of these may be -1: what is left. */
const compose = (hasBias: boolean, inputs: number, outputs: number, ...outer: readonly number[]): Composition => ({
  name: `linear${hasBias ? '_with_bias' : ''}_${[...outer, inputs, outputs].join('_').replaceAll('-1', 'any')}`,
  types: floats('x', 'weight', ...(hasBias ? ['bias'] : [])),
  outputs: 1,
  write({ x, weight, bias }, ops) {
    const isStack = outer.length > 1;
    const count = outer.includes(-1) ? -1 : outer.reduce((product, extent) => product * extent, 1);
    const rows = isStack ? ops.reshape(x as Node, [count, inputs]) : (x as Node);
    const product = ops.matMul(rows, weight as Node); // [rows, outputs]
    const shifted = bias ? ops.addRow(product, bias) : product;
    return [isStack ? ops.reshape(shifted, [...outer, outputs]) : shifted];
  },
});

/** The affine map of the last dimension. */
export function createLinear({ compute, call, of, tensor }: Eager): Required<FusedKernels>['linear'] {
  const functionFor = memoize(compose);
  return {
    forward: ({ x, weight, bias }) =>
      compute(() => {
        const [inputs, outputs] = weight.shape as [number, number];
        const [, ...trailing] = x.shape.slice(0, -1);
        // One function for all sizes of a batch, except where nothing could be said of what is left.
        const outer = inputs * outputs === 0 || trailing.includes(0) ? x.shape.slice(0, -1) : [-1, ...trailing];
        const affine = functionFor(bias !== undefined, inputs, outputs, ...outer);
        const [y] = call(affine, (bias ? [x, weight, bias] : [x, weight]).map(of));
        return tensor(y as Handle);
      }),
  };
}
