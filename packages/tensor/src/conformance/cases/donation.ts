import { clone, reshape, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { readTensor } from '../../memory.js';
import { disposeTree } from '../../parameter-tree.js';
import { createAdamW } from '../../training/adam-w.js';
import { computeClipScale, computeGlobalNorm } from '../../training/global-norm.js';
import type { ConformanceCase } from '../conformance-case.js';
import { withoutLeak } from '../resources.js';
import { assertClose, assertSameBits } from '../tolerance.js';

const count = 1031;
const values = (phase: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i + phase));

/** What else refers to the data of a tensor that is given away. */
const others: Readonly<Record<string, (leaf: Tensor) => Tensor>> = {
  clone,
  reshape: (leaf) => reshape(leaf, [count, 1]),
};

/** Two donated updates while something else refers to the parameters, or to the moments: it must not see them change. */
async function shareAndUpdate(name: string, share: (leaf: Tensor) => Tensor): Promise<void> {
  const optimizer = createAdamW({ learningRate: 0.1, emaDecay: 0.5 });
  const gradients = { p: tensor(values(1)) };
  let params = { p: tensor(values(0)) };
  let state = optimizer.init(params);
  for (const round of ['before the first update', 'before the second']) {
    const leaves = [params.p, state.m.p as Tensor, state.v.p as Tensor];
    const shared = leaves.map(share);
    const were = await Promise.all(shared.map(async (leaf) => (await readTensor(leaf)).slice()));
    ({ params, state } = optimizer.update(params, gradients, state, { donate: true }));
    // Memory that was given back too early would be taken by these.
    const takers = [0, 1, 2, 3].map(() => tensor(values(2)));
    const are = await Promise.all(shared.map(readTensor));
    assertSameBits(`${name} ${round}`, were, are);
    for (const one of [...shared, ...takers]) one.dispose();
  }
  for (const tree of [params, gradients, state.m, state.v, state.ema ?? {}]) disposeTree(tree);
}

/** What updates promise beyond their numbers. */
export const donationCases: readonly ConformanceCase[] = [
  ...Object.entries(others).map(
    ([what, share]): ConformanceCase => ({
      name: `donation: a ${what} of what is given away stays as it is`,
      run: () => withoutLeak('donation', () => shareAndUpdate(`donation: ${what}`, share)),
    }),
  ),
  {
    name: 'computeClipScale: shortens what is too long, and leaves the rest',
    run: () =>
      withoutLeak('computeClipScale', async () => {
        const gradients = { a: tensor([3, 0]), list: [{ b: tensor([[4], [12]]) }] }; // of length 13
        const zero = { a: tensor([0, 0]) };
        const norms = [gradients, gradients, zero].map((tree) => computeGlobalNorm(tree));
        const scales = norms.map((norm, i) => computeClipScale(norm, [6.5, 20, 1][i] as number));
        const got = Float32Array.from((await Promise.all(scales.map(readTensor))).flatMap((scale) => [...scale]));
        const expected = { shape: [3], data: Float64Array.of(6.5 / (13 + 1e-6), 1, 1) };
        assertClose('computeClipScale', { got, expected, terms: 4 });
        for (const tree of [gradients, zero]) disposeTree(tree);
        for (const number of [...norms, ...scales]) number.dispose();
      }),
  },
];
