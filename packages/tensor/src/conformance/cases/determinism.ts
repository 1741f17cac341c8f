import { createRandom } from '@sofd/core';
import { mul, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { multiHeadAttention } from '../../layers/attention.js';
import { biasQuickGelu } from '../../layers/bias-quick-gelu.js';
import { embedTokens } from '../../layers/embed-tokens.js';
import { fidelityElements } from '../../layers/fidelity-elements.js';
import { layerNorm } from '../../layers/layer-norm.js';
import { linear } from '../../layers/linear.js';
import { patchify } from '../../layers/patchify.js';
import { readTensor } from '../../memory.js';
import { add, mean, neg, reshape, sigmoid } from '../../ops.js';
import { disposeTree, flattenTree, type ParameterTree } from '../../parameter-tree.js';
import { createAdamW } from '../../training/adam-w.js';
import { computeClipScale, computeGlobalNorm } from '../../training/global-norm.js';
import { valueAndGradients } from '../../training/value-and-gradients.js';
import { type Comparison, createRepetition } from '../comparison.js';
import type { ConformanceCase } from '../conformance-case.js';
import { sizeOf } from '../plain/plain.js';
import { withoutLeak } from '../resources.js';
import { assertSameBits } from '../tolerance.js';
import { activationCases, embeddingCases } from './activations.js';
import { attentionCases } from './attention.js';
import { linearCases } from './linear.js';
import { productCases } from './products.js';

/** Three images of 12 patches, a width that no tile divides, three heads, ten labels. */
const [batch, height, sideways, patch, width, heads, labels] = [3, 12, 16, 4, 27, 3, 10];
const tokens = (height / patch) * (sideways / patch);
const positions = Int32Array.from({ length: tokens }, (_, i) => i % 5);

const random = (seed: string, shape: readonly number[]): Tensor => {
  const source = createRandom(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => source.uniformBetween(-0.5, 0.5)),
    [...shape],
  );
};

/** A vision transformer of one block. */
const createStack = () => {
  const affine = (name: string, from: number, to: number) => ({
    weight: random(`${name} weight`, [from, to]),
    bias: random(`${name} bias`, [to]),
  });
  const norm = (name: string) => ({ gain: random(`${name} gain`, [width]), bias: random(`${name} bias`, [width]) });
  return {
    patches: affine('patches', patch * patch * 3, width),
    positions: random('positions', [5, width]),
    before: norm('before'),
    attention: { input: affine('input', width, 3 * width), output: affine('output', width, width) },
    between: norm('between'),
    expand: affine('expand', width, 4 * width),
    contract: affine('contract', 4 * width, width),
    labels: affine('labels', tokens * width, labels),
  };
};

type Stack = ReturnType<typeof createStack>;

function computeLoss(stack: Stack, images: Tensor, targets: Tensor): Tensor {
  const patches = linear(patchify(images, patch), stack.patches.weight, stack.patches.bias); // [batch, tokens, width]
  const placed = add(patches, embedTokens(positions, stack.positions));
  const attended = add(placed, multiHeadAttention(layerNorm(placed, stack.before), stack.attention, { heads }));
  const expanded = linear(layerNorm(attended, stack.between), stack.expand.weight); // [batch, tokens, 4 * width]
  const active = biasQuickGelu(expanded, stack.expand.bias);
  const out = add(attended, linear(active, stack.contract.weight, stack.contract.bias)); // [batch, tokens, width]
  const logits = linear(reshape(out, [batch, tokens * width]), stack.labels.weight, stack.labels.bias); // [batch, labels]
  return mean(fidelityElements(sigmoid(logits), sigmoid(neg(logits)), { targets, epsilon: 1e-8 }));
}

const readTree = (tree: ParameterTree): Promise<Float32Array[]> =>
  Promise.all([...flattenTree(tree).values()].map(async (leaf) => (await readTensor(leaf)).slice()));

/** Three steps of training; every loss, gradient and parameter on the way. */
async function trainStack(): Promise<Float32Array[]> {
  const images = random('images', [batch, height, sideways, 3]);
  const targets = tidy(() => sigmoid(mul(random('targets', [batch, labels]), 9))); // between 0 and 1
  const optimizer = createAdamW({ learningRate: 0.01, weightDecay: 0.1, emaDecay: 0.9 });
  let params = createStack();
  let state = optimizer.init(params);
  const seen: Float32Array[] = [];
  for (let step = 0; step < 3; step += 1) {
    const { value, gradients } = valueAndGradients((stack) => computeLoss(stack, images, targets), params);
    const norm = computeGlobalNorm(gradients);
    const gradientScale = computeClipScale(norm, 0.1);
    seen.push(...(await readTree({ value, gradients })));
    ({ params, state } = optimizer.update(params, gradients, state, { gradientScale, donate: true }));
    for (const tree of [gradients, { value, norm, gradientScale }]) disposeTree(tree);
  }
  const { m, v, ema = {} } = state;
  const final = { params, m, v, ema };
  seen.push(...(await readTree(final)));
  for (const tree of [final, { images, targets }]) disposeTree(tree);
  return seen;
}

/** Where threads or atomic additions could change the order of a sum: the largest of each kind, and a lookup with repeated rows. */
const manySums = [productCases, linearCases, attentionCases, activationCases, embeddingCases].map(
  (kind) => kind.find(({ heavy }) => heavy) ?? (kind.at(-1) as Comparison),
);

/** Equal input, engine and threads give equal bits. */
export const determinismCases: readonly ConformanceCase[] = [
  {
    name: 'determinism: three training steps of a vision transformer',
    run: () =>
      withoutLeak('determinism', async () => {
        assertSameBits('determinism: training', await trainStack(), await trainStack());
      }),
  },
  ...manySums.map(createRepetition),
];
