import { native } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { faceForensics as graph } from '@sofd/core';
import {
  assertNoLeak,
  type Backend,
  disposeTree,
  flattenTree,
  mean,
  readTensor,
  square,
  type Tensor,
  tensorFrom,
  useBackend,
} from '@sofd/tensor';
import { valueAndGradients } from '@sofd/tensor/training';
import { compareNumbers, describeOracle, type OracleGroup } from '@sofd-internal/oracle';
import { describe, expect, it, type TestContext } from 'vitest';
import { readFirstMoments } from '../testing/optimizer-gradients.js';
import {
  computeAll,
  expectArray,
  hasTrainingState,
  loadWeights,
  readImages,
  readTokenizer,
  readTokens,
  readTrainingState,
} from '../testing/oracle-clip.js';
import { loadClip } from './convert/load-clip.js';
import { computeLogits, encodeImages, encodeTexts } from './encode.js';
import { computeIntermediates } from './intermediates.js';
import { joinParameters, splitParameters } from './parameters/model-parameters.js';

function skip(context: TestContext, reason: string): void {
  process.stderr.write(`${context.task.name}: skipped, ${reason}\n`);
  context.skip(reason);
}

/** Runs on an engine, or skips with the reason for which the machine does not have it. */
async function withEngine(backend: Backend, context: TestContext, run: () => Promise<void>): Promise<void> {
  const availability = await backend.probe();
  if (!availability.available) skip(context, `${backend.name}: ${availability.reason} ${availability.remedy}`);
  const engine = await useBackend(backend);
  try {
    await run();
  } finally {
    await engine.dispose();
  }
}

/** Where an array of intermediates is among ours: a name, and the part of it that the group keeps. */
function locateIntermediate(array: string): { readonly name: string; readonly part: (x: Values) => Float32Array } {
  const row = (index: number) => (x: Values) => takeRow(x, index);
  const [, tower, stage] = /^act\/(vis|txt)_(.+)$/.exec(array)!;
  const [encoder, kept] = tower === 'vis' ? ['vision', row(0)] : ['text', row(1)];
  const block = /^block(\d+)$/.exec(stage!)?.[1];
  if (block !== undefined) return { name: `${encoder}.blocks.${block}.output`, part: kept };
  const stages: Readonly<Record<string, ReturnType<typeof locateIntermediate>>> = {
    conv1: { name: 'vision.patches', part: (x) => transpose(kept(x), x.shape[2]!) },
    ln_pre: { name: 'vision.tokens', part: kept },
    ln_post: { name: 'vision.normalized', part: takeClassTokens },
    ln_final: { name: 'text.normalized', part: kept },
  };
  return stages[stage!]!;
}

interface Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

function takeRow({ data, shape }: Values, index: number): Float32Array {
  const size = data.length / shape[0]!;
  return data.slice(index * size, (index + 1) * size);
}

/** [rows, columns] to [columns, rows]. */
const transpose = (data: Float32Array, columns: number): Float32Array => {
  const rows = data.length / columns;
  return data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
};

const takeClassTokens = ({ data, shape: [count, tokens, width] }: Values): Float32Array =>
  Float32Array.from(
    { length: count! * width! },
    (_, i) => data[Math.floor(i / width!) * tokens! * width! + (i % width!)]!,
  );

async function checkForward(group: OracleGroup): Promise<void> {
  const [bytes, prefix] = hasTrainingState(group)
    ? [readTrainingState(group), '']
    : [group.bytes('state_dict_allhalf.pt'), 'allhalf_'];
  const { config, params } = await loadWeights(group, bytes);
  const computed = await computeAll(config, params, { ...readImages(group), tokens: readTokens(group) });
  for (const [name, values] of Object.entries(computed)) expectArray(group, `${prefix}${name}`, values);
  disposeTree(params);
}

async function checkIntermediates(group: OracleGroup): Promise<void> {
  const arrays = group.arrayNames(/^act\//);
  expect(arrays.length).toBeGreaterThan(5);
  const { config, params } = await loadWeights(group, readTrainingState(group));
  const { pixels, shape } = readImages(group);
  const images = tensorFrom(pixels, shape);
  const names = arrays.map((array) => locateIntermediate(array).name);
  const found = computeIntermediates(config, params, { images, tokens: readTokens(group), names });
  for (const array of arrays) {
    const { name, part } = locateIntermediate(array);
    const values = { data: await readTensor(found[name]!), shape: found[name]!.shape };
    expectArray(group, array, part({ ...values, data: Float32Array.from(values.data) }));
  }
  disposeTree({ params, found, images });
}

/** What one step of AdamW left in the training state: a tenth of the gradient of the mean of the squared logits. */
async function checkGradients(group: OracleGroup): Promise<void> {
  const bytes = readTrainingState(group);
  const { config, params } = await loadWeights(group, bytes);
  const moments = await readFirstMoments(bytes, group.json<string[]>('param_order.json'));
  const { params: expected } = await loadClip(moments, graph, { tokenizer: readTokenizer(group) });
  const { pixels, shape } = readImages(group);
  const images = tensorFrom(pixels, shape);
  const { trainable, frozen } = splitParameters(config, params);
  const { value, gradients } = valueAndGradients((flat) => {
    const all = joinParameters(config, frozen, flat);
    const image = encodeImages(config, all, images);
    const logits = computeLogits(config, all, { image, text: encodeTexts(config, all, readTokens(group)) });
    return mean(square(logits)) as Tensor;
  }, trainable);
  // The manifest gives no tolerance for gradients. It allows the logits this part of the largest one; a gradient takes the
  // products of the forward pass and twice as many of the backward pass.
  const relative = (3 * group.tolerance('joint_logits').absolute) / greatestOf(group.array('joint_logits').data);
  for (const [name, moment] of flattenTree(expected)) {
    const wanted = Float32Array.from(await readTensor(moment), (tenth) => 10 * tenth);
    const greatest = greatestOf(wanted);
    expect(greatest, name).toBeGreaterThan(0);
    const tolerance = { absolute: relative * greatest, relative: 0 };
    const comparison = compareNumbers(await readTensor(gradients[name]!), wanted, tolerance);
    expect({ name, ...comparison }).toMatchObject({ name, outside: 0 });
  }
  disposeTree({ params, value, gradients, images, expected });
}

const greatestOf = (values: Iterable<number>): number =>
  [...values].reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);

const processors = [wasm(), native()];

/** Declares a test of what only the full groups have, skipped with the reason where they are not there. */
function itOfTrainingState(group: OracleGroup, title: string, check: () => Promise<void>): void {
  describe.each(processors)('on $name', (backend) => {
    it(title, async (context) => {
      if (!hasTrainingState(group))
        skip(context, 'the compact fixtures hold neither float32 weights nor intermediates');
      await withEngine(backend, context, () => assertNoLeak(check));
    });
  });
}

for (const name of ['clip_tiny/A_realvocab', 'clip_tiny/B_formats']) {
  describeOracle(name, (group) => {
    describe.each([...processors, webgpu()])('on $name', (backend) => {
      it('gives the published embeddings, logits and marginals', (context) =>
        withEngine(backend, context, () => assertNoLeak(() => checkForward(group))));
    });
    itOfTrainingState(group, 'gives the published intermediates', () => checkIntermediates(group));
  });
}

describeOracle('clip_tiny/B_formats', (group) => {
  itOfTrainingState(group, 'gives the published gradients', () => checkGradients(group));
});
