import type { FusedKernels } from '@sofd/tensor';
import { type KernelContext, sizeOf } from './kernel-context.js';
import { perNumber } from './split.js';

export function createEmbedding({ make, runOverRange }: KernelContext): Required<FusedKernels>['embedding'] {
  return {
    forward({ ids, table }) {
      const [vocabulary = 0, width = 0] = table.shape;
      const count = sizeOf(ids.shape);
      const y = make([count, width]);
      const args = [vocabulary, width, ids, table, y];
      runOverRange('gatherRows', { extent: count, operations: count * width * perNumber, args });
      return y;
    },
    gradient({ ids, dy }, { vocabulary }) {
      const [count = 0, width = 0] = dy.shape;
      const table = make([vocabulary, width]);
      const args = [count, vocabulary, width, ids, dy, table];
      runOverRange('scatterAddRows', { extent: width, operations: (count + vocabulary) * width * perNumber, args });
      return [table];
    },
  };
}
