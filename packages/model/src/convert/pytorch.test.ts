import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@sofd/backend-wasm';
import { faceForensics as graph } from '@sofd/core';
import { disposeTree, flattenTree, readTensor, tensorFrom, tidy, useBackend } from '@sofd/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../config/model-config.js';
import { computeLogits, encodeImages, encodeTexts, visionEncoderOf } from '../encode.js';
import { openWeights } from '../node/index.js';
import type { ModelParameters } from '../parameters/model-parameters.js';
import { createTokenBatch } from '../tokenizer/token-batch.js';
import { encodeOpenAiWeights } from './encode-openai-weights.js';
import { loadClip } from './load-clip.js';

const script = fileURLToPath(new URL('../../testing/clip_in_pytorch.py', import.meta.url));
/** An interpreter that has PyTorch. */
const python = process.env.SOFD_TORCH_PYTHON ?? 'python3';
/** `tiny`, or `ViT-B/32`, which takes minutes and 3 GB. */
const model = process.env.SOFD_TORCH_MODEL ?? 'tiny';

const hasTorch =
  spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is None)']).status === 0;
if (!hasTorch)
  process.stderr.write(
    `PyTorch round trip: skipped, ${python} has no torch; SOFD_TORCH_PYTHON names an interpreter that has\n`,
  );

/** What the issue of checkpoints asks for; sums of float32 in another order differ by some 1e-6 of logits around 1. */
const tolerance = 1e-4;

describe.skipIf(!hasTorch)(`a ${model} that PyTorch wrote`, () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const floats = (name: string) => new Float32Array(new Uint8Array(readFileSync(path(name))).buffer);
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(python, [script, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sofd-pytorch-'));
    await useBackend(wasm());
    run('write', folder, model);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const size = model === 'tiny' ? 40 : 49_408;
  const tokenizer = {
    kind: 'clip' as const,
    size,
    sentences: Object.fromEntries(graph.prompts.map((prompt, index) => [prompt, [size - 2, index, size - 1]])),
  };

  /** The images [count, 3, side, side] with the channels last. */
  function readImages(side: number): Float32Array {
    const images = floats('images.f32');
    return images.map((_, index) => {
      const [channel, pixel] = [index % 3, Math.floor(index / 3)];
      const image = Math.floor(pixel / side ** 2);
      return images[(image * 3 + channel) * side ** 2 + (pixel % side ** 2)]!;
    });
  }

  async function computeHere(config: ModelConfig, params: ModelParameters): Promise<Float32Array> {
    const { imageSize } = visionEncoderOf(config);
    const pixels = readImages(imageSize);
    const tokens = createTokenBatch(new Int32Array(new Uint8Array(readFileSync(path('tokens.i32'))).buffer), 10);
    const logits = tidy(() => {
      const image = encodeImages(
        config,
        params,
        tensorFrom(pixels, [pixels.length / imageSize ** 2 / 3, imageSize, imageSize, 3]),
      );
      return computeLogits(config, params, { image, text: encodeTexts(config, params, tokens) });
    });
    const values = await readTensor(logits);
    logits.dispose();
    return values;
  }

  const largestDifference = (a: Float32Array, b: Float32Array) =>
    a.length === b.length
      ? a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0)
      : Number.NaN;

  it.each(model === 'tiny' ? ['state-dict.pt', 'legacy.pth', 'views.pt'] : ['state-dict.pt'])(
    'gives the same logits here: %s',
    async (name) => {
      const { file, close } = await openWeights(path(name));
      const { config, params } = await loadClip(file, graph, { tokenizer });
      await close();
      const expected = floats('logits.f32');
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1); // not all zero
      const difference = largestDifference(await computeHere(config, params), expected);
      process.stdout.write(`${model} ${name}: logits differ by ${difference}\n`);
      expect(difference).toBeLessThan(tolerance);
      disposeTree(params);
    },
  );

  it('goes back to PyTorch and gives the same logits there', async () => {
    const { file, close } = await openWeights(path('state-dict.pt'));
    const { config, params } = await loadClip(file, graph, { tokenizer });
    await close();
    const entries: [string, { shape: readonly number[]; data: Float32Array }][] = [];
    for (const [name, tensor] of flattenTree(params))
      entries.push([name, { shape: tensor.shape, data: await readTensor(tensor) }]);
    disposeTree(params);
    writeFileSync(path('back.safetensors'), encodeOpenAiWeights(config, Object.fromEntries(entries)));
    run('read', folder, path('back.safetensors'), model);
    // The same numbers in the same program, which may sum in another order where they lie otherwise in memory.
    expect(largestDifference(floats('read.f32'), floats('logits.f32'))).toBeLessThan(1e-5);
  });
});
