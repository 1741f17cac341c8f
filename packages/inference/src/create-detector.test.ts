import { computeMarginals, faceForensics, SofdError } from '@sofd/core';
import { encodePng, toModelInput } from '@sofd/face';
import { createPredictor, loadCheckpoint, memoryCheckpoint } from '@sofd/model';
import { countTensors, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildTinyFiles, buildTinySource, drawPicture } from '../test/tiny-checkpoint.js';
import { createDetector } from './create-detector.js';
import type { DetectorOptions } from './detector-options.js';

type Source = Awaited<ReturnType<typeof buildTinySource>>;
let model: Source;
beforeAll(async () => {
  model = await buildTinySource();
});

const whole = { crop: 'none' } as const;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (SofdError.isInstance(error) ? error.code : error),
  );
const asOptions = (options: unknown) => options as DetectorOptions;

describe('createDetector', () => {
  it('says that a model must be named', async () => {
    for (const options of [undefined, {}, { engine: 'wasm' }])
      await expect(createDetector(asOptions(options))).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('expected a checkpoint, got none'),
      });
  });

  it.each([
    { engine: 'gpu' },
    { model: '' },
    { model: 3 },
    { threshold: 2 },
    { threshold: { fake: 0.5, uncertain: [0.6, 0.4] } },
    { threshold: { fake: 0.5, labels: { ear: 0.5 } } },
    { maxFaces: 0 },
    { minQuality: -1 },
    { signal: 'stop' },
    { cache: 'disk' },
    { modell: 'x' },
  ])('refuses %o', async (wrong) => {
    expect(await codeOf(createDetector(asOptions({ model, ...wrong })))).toBe('INVALID_OPTION');
  });

  it('names every wrong option in one throw', async () => {
    await expect(createDetector(asOptions({ model, maxFaces: 0, treshold: 1 }))).rejects.toMatchObject({
      problems: [expect.stringContaining('maxFaces'), expect.stringContaining('treshold')],
    });
  });

  it('reports damaged weights before it starts an engine', async () => {
    const files = await buildTinyFiles();
    const weights = files['model.safetensors'].slice();
    weights[weights.length - 1] = (weights.at(-1) as number) ^ 1;
    const damaged = memoryCheckpoint({ ...files, 'model.safetensors': weights });
    expect(await codeOf(createDetector({ model: damaged }))).toBe('CHECKPOINT_FORMAT');
  });

  it('refuses an engine whose answer is not the known one, and frees what it had loaded', async () => {
    const files = await buildTinyFiles();
    const manifest = JSON.parse(new TextDecoder().decode(files['manifest.json']));
    manifest.knownAnswer.logits[0] += 0.5;
    const wrong = memoryCheckpoint({ ...files, 'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)) });
    const before = countTensors();
    expect(await codeOf(createDetector({ model: wrong, engine: 'wasm' }))).toBe('KNOWN_ANSWER');
    const error = await createDetector({ model: wrong }).catch((cause: unknown) => cause);
    expect((error as Error).message).toMatch(/native: .*[\s\S]*wasm: /);
    expect(countTensors()).toBe(before);
  });

  it('tells of its stages and ends when aborted', async () => {
    const { bytes } = (await loadCheckpoint(model)).manifest.weights;
    const stages: string[] = [];
    const detector = await createDetector({
      model,
      engine: 'wasm',
      onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
    });
    expect(stages).toEqual([`model 0/${bytes}`, `model ${bytes}/${bytes}`, 'engine 0/1', 'engine 1/1']);
    await detector.dispose();
    expect(await codeOf(createDetector({ model, signal: AbortSignal.abort() }))).toBe('ABORTED');
    const controller = new AbortController();
    const { signal } = controller;
    expect(await codeOf(createDetector({ model, signal, onProgress: () => controller.abort() }))).toBe('ABORTED');
  });

  it('bypasses the cache, which Node does not have, and says so', async () => {
    const detector = await createDetector({ model, engine: 'wasm', cache: 'opfs' });
    expect(detector.info.cache).toEqual({ status: 'bypassed', reason: expect.stringContaining('file system') });
    await detector.dispose();
  });

  it('takes the first engine of `auto` that runs here, with the reasons against those before it', async () => {
    const detector = await createDetector({ model });
    const order = ['native', 'wasm'];
    expect(detector.info.rejected.map(({ name }) => name)).toEqual(order.slice(0, order.indexOf(detector.info.engine)));
    for (const { reason } of detector.info.rejected) expect(reason.length).toBeGreaterThan(10);
    await detector.dispose();
  });
});

describe('detect', () => {
  it('gives the marginals of the model for a face crop', async () => {
    const picture = drawPicture(1, { width: 60, height: 60 });
    const detector = await createDetector({ model, engine: 'wasm' });
    const result = await detector.detect(picture, whole);
    await detector.dispose();

    const engine = await useBackend(reference());
    const checkpoint = await loadCheckpoint(model);
    const predictor = createPredictor(checkpoint);
    const { logits } = await predictor.predict(toModelInput(picture, checkpoint.manifest.input), 1);
    predictor.dispose();
    await engine.dispose();
    const marginals = computeMarginals(faceForensics, logits);
    const [face] = result.faces;
    expect(Object.keys(face!.labels)).toEqual([...faceForensics.labels]);
    // Float32 sums of a few thousand terms in another order: far below 1e-5 of a probability.
    for (const [index, { probability }] of Object.values(face!.labels).entries())
      expect(Math.abs(probability - (marginals[index] as number))).toBeLessThan(1e-5);
    expect(face!.probability).toBe(face!.labels.fake!.probability);
  });

  it('answers with plain JSON', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const result = await detector.detect(drawPicture(2), whole);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(JSON.parse(JSON.stringify(detector.info))).toEqual(detector.info);
    expect(result).toMatchObject({
      verdict: 'fake',
      image: { width: 48, height: 48 },
      model: { name: 'tiny-1', version: 1 },
      engine: 'wasm',
      warnings: [],
    });
    expect(result.faces[0]).toMatchObject({
      id: 'face-1',
      box: null,
      quality: null,
      crop: { version: 'none', size: 48 },
    });
    await detector.dispose();
  });

  it('calibrates, and lets the caller draw the line', async () => {
    const calibrated = await buildTinySource({
      calibration: { kind: 'platt', scale: 1, bias: -20 },
      thresholds: { fake: 0.5, uncertain: [0.4, 0.6], labels: { eye: 0.01 } },
    });
    const verdicts: string[] = [];
    for (const threshold of [undefined, 1e-9, { fake: 0.5, uncertain: [0, 1] as const }]) {
      const detector = await createDetector({ model: calibrated, engine: 'wasm', threshold });
      const { faces } = await detector.detect(drawPicture(3), whole);
      verdicts.push(faces[0]!.verdict);
      if (faces[0]!.verdict !== 'fake')
        expect(faces[0]!.explanation.regions.length * Number(faces[0]!.verdict === 'real')).toBe(0);
      await detector.dispose();
    }
    expect(verdicts).toEqual(['real', 'fake', 'uncertain']);
  });

  it('warns where a face crop is not square', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const { warnings } = await detector.detect(drawPicture(4, { width: 60, height: 40 }), whole);
    expect(warnings).toEqual([expect.stringContaining('60x40')]);
    await detector.dispose();
  });

  it('refuses to crop for a model of another crop, and still takes crops as they are', async () => {
    const other = await buildTinySource({ crop: 'someone-elses/v3' });
    const detector = await createDetector({ model: other, engine: 'wasm' });
    expect(await codeOf(detector.detect(drawPicture(5)))).toBe('CHECKPOINT_FORMAT');
    expect((await detector.detect(drawPicture(5), whole)).faces).toHaveLength(1);
    await detector.dispose();
  });

  it('ends in typed errors: no image, an unknown option, an aborted signal, a disposed detector', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    expect(await codeOf(detector.detect(new TextEncoder().encode('no image')))).toBe('IMAGE_DECODE');
    expect(await codeOf(detector.detect('no/such/file.jpg'))).toBe('IMAGE_DECODE');
    expect(await codeOf(detector.detect(drawPicture(6), { corp: 'none' } as never))).toBe('INVALID_OPTION');
    expect(await codeOf(detector.detect(drawPicture(6), { ...whole, signal: AbortSignal.abort() }))).toBe('ABORTED');
    expect((await detector.detect(drawPicture(6), whole)).faces).toHaveLength(1);
    await detector.dispose();
    expect(await codeOf(detector.detect(drawPicture(6), whole))).toBe('INVALID_OPTION');
  });

  it('finds no face where there is none', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const png = await encodePng(drawPicture(7, { width: 200, height: 160 }));
    const result = await detector.detect(png);
    expect(result).toMatchObject({ faces: [], verdict: 'no-face', image: { width: 200, height: 160 } });
    await detector.dispose();
  });

  it('gives overlapping calls the answers of separate ones', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const pictures = [1, 2, 3, 4, 5, 6].map((seed) => drawPicture(seed));
    const together = await Promise.all(pictures.map((picture) => detector.detect(picture, whole)));
    for (const [index, picture] of pictures.entries())
      expect(await detector.detect(picture, whole)).toEqual(together[index]);
    await detector.dispose();
  });
});

describe('dispose', () => {
  it('frees all tensors, also after the face models were loaded, and lets another be created', async () => {
    const before = countTensors();
    for (let round = 0; round < 2; round++) {
      const detector = await createDetector({ model, engine: 'wasm' });
      await detector.detect(drawPicture(8, { width: 160, height: 160 }));
      await detector.detect(drawPicture(8), whole);
      expect(countTensors()).toBeGreaterThan(before);
      await detector.dispose();
      await detector.dispose();
      expect(countTensors()).toBe(before);
    }
  });

  it('holds no more tensors after many calls than after one', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    await detector.detect(drawPicture(9), whole);
    const after = countTensors();
    for (let call = 0; call < 20; call++) await detector.detect(drawPicture(call), whole);
    expect(countTensors()).toBe(after);
    await detector.dispose();
  });

  it('waits for calls that are running', async () => {
    const detector = await createDetector({ model, engine: 'wasm' });
    const running = detector.detect(drawPicture(10), whole);
    const late = detector.detect(drawPicture(11), whole);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await detector.dispose();
    const outcomes = await Promise.all([codeOf(running), codeOf(late)]);
    for (const outcome of outcomes) expect(['no error', 'INVALID_OPTION']).toContain(outcome);
  });

  it('leaves other detectors alone, on the same engine and on another', async () => {
    const other = await buildTinySource({ seed: 2 });
    const first = await createDetector({ model, engine: 'wasm' });
    const second = await createDetector({ model: other, engine: 'wasm' });
    const third = await createDetector({ model: other, engine: 'reference' });
    const picture = drawPicture(12);
    const ask = async () => {
      const results = await Promise.all([first, second, third].map((detector) => detector.detect(picture, whole)));
      return results.map(({ faces }) => faces[0]!.labels.nose!.probability);
    };
    const before = await ask();
    expect(before[1]).not.toBeCloseTo(before[0] as number, 3);
    // The same model on two engines: float32 rounding only.
    expect(Math.abs((before[2] as number) - (before[1] as number))).toBeLessThan(1e-5);
    expect(await ask()).toEqual(before);
    await first.dispose();
    expect((await second.detect(picture, whole)).faces[0]!.labels.nose!.probability).toBe(before[1]);
    expect((await third.detect(picture, whole)).faces[0]!.labels.nose!.probability).toBe(before[2]);
    await second.dispose();
    await third.dispose();
  });
});
