import { clone, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { freezeParameters, isFrozen } from '../../frozen.js';
import { linear } from '../../layers/linear.js';
import { matMul } from '../../mat-mul.js';
import { readTensor } from '../../memory.js';
import { disposeTree } from '../../parameter-tree.js';
import { createAdamW } from '../../training/adam-w.js';
import type { ConformanceCase } from '../conformance-case.js';
import { build, type Plain } from '../plain/plain.js';
import { matMulPlain } from '../plain/products.js';
import { swapLast } from '../plain/rearrange.js';
import { withoutLeak } from '../resources.js';
import { assertClose, failure } from '../tolerance.js';

/** Small, and past the blocks that kernels work in. */
const extents = [
  { inner: 5, columns: 7 },
  { inner: 261, columns: 133 },
];

/** Rows of what is multiplied with the weights. */
const rows = 17;

const waves = (height: number, columns: number, phase: number): Plain =>
  build([height, columns], (row = 0, column = 0) => Math.fround(Math.sin(row * columns + column + phase)));

const toTensor = ({ shape, data }: Plain) => tensor(Float32Array.from(data), [...shape]);

/** Compares products with a weight, twice: engines may keep a copy of it at the first. */
async function assertProducts(name: string, weight: Tensor, expected: Plain): Promise<void> {
  const inner = expected.shape[0] as number;
  const x = waves(rows, inner, 0.5);
  const input = toTensor(x);
  const turned = waves(rows, expected.shape[1] as number, 0.25);
  const other = toTensor(turned);
  for (const time of ['first', 'second']) {
    const products = {
      linear: [linear(input, weight), matMulPlain(x, expected)] as const,
      matMul: [matMul(input, weight), matMulPlain(x, expected)] as const,
      'matMul by the transpose': [matMul(other, weight, false, true), matMulPlain(turned, swapLast(expected))] as const,
    };
    for (const [what, [product, wanted]] of Object.entries(products)) {
      const terms = Math.max(...expected.shape);
      assertClose(`${name}, ${what}, ${time} time`, { got: await readTensor(product), expected: wanted, terms });
      product.dispose();
    }
  }
  for (const one of [input, other]) one.dispose();
}

type Check = (name: string, values: Plain) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  async 'products are those of any weight'(name, values) {
    const weight = toTensor(values);
    freezeParameters({ weight });
    await assertProducts(name, weight, values);
    weight.dispose();
  },
  async 'another tensor in the place of one that was disposed of is not mistaken for it'(name, values) {
    for (const phase of [1, 2, 3]) {
      const others = waves(values.shape[0] as number, values.shape[1] as number, phase);
      const weight = toTensor(others);
      if (phase < 3) freezeParameters({ weight });
      await assertProducts(`${name}, number ${phase}`, weight, others);
      weight.dispose();
    }
  },
  async 'a clone outlives the tensor that was frozen'(name, values) {
    const weight = toTensor(values);
    freezeParameters({ weight });
    const other = clone(weight);
    await assertProducts(name, weight, values);
    weight.dispose();
    await assertProducts(`${name}, clone`, other, values);
    other.dispose();
  },
  'an update gives weights that are not frozen': (name, values) => updateFrozen(name, values, false),
  'a donated update gives weights that are not frozen': (name, values) => updateFrozen(name, values, true),
};

async function updateFrozen(name: string, values: Plain, donate: boolean): Promise<void> {
  const optimizer = createAdamW({ learningRate: 0.5 });
  const params = { weight: toTensor(values) };
  const gradients = { weight: toTensor(values) };
  freezeParameters(params);
  await assertProducts(`${name}, before`, params.weight, values);
  const state = optimizer.init(params);
  const next = optimizer.update(params, gradients, state, { donate });
  const updated = { ...values, data: Float64Array.from(await readTensor(next.params.weight)) };
  await assertProducts(`${name}, after`, next.params.weight, updated);
  if (isFrozen(next.params.weight)) throw failure(name, 'updated weights that are not frozen', 'frozen ones');
  if (!donate) await assertProducts(`${name}, the old ones`, params.weight, values);
  for (const tree of donate ? [] : [params, state.m, state.v]) disposeTree(tree);
  for (const tree of [gradients, next.params, next.state.m, next.state.v]) disposeTree(tree);
}

/** Weights of which engines may keep a copy that suits them. */
export const frozenCases: readonly ConformanceCase[] = Object.entries(checks).flatMap(([what, check]) =>
  extents.map(({ inner, columns }) => {
    const name = `frozen: ${what}, [${inner}, ${columns}]`;
    return { name, run: () => withoutLeak(name, () => check(name, waves(inner, columns, 0))) };
  }),
);
