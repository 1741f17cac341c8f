import { InvalidOptionError, throwIfAborted } from '@sofd/core';
import { createFaceFinder, decodeImage, type FaceFinder, type ImageSource, type PixelImage } from '@sofd/face';
import type { Checkpoint } from '@sofd/model';
import { useBackend } from '@sofd/tensor';
import type { DetectionResult } from './detection-result.js';
import { type Detector, type DetectorInfo, listLabels } from './detector.js';
import {
  type DetectOptions,
  type DetectorOptions,
  parseDetectOptions,
  parseDetectorOptions,
  type ResolvedDetectorOptions,
} from './detector-options.js';
import { type RunningEngine, selectEngine } from './engines.js';
import { engineQueue } from './exclusive.js';
import { assertCropVersion, type FaceInput, findFaceInputs, wholeFaceInput } from './face-inputs.js';
import { judgePhoto, resolveThresholds } from './judge.js';
import { judgeFace } from './judge-face.js';
import { loadModel } from './load-model.js';
import { predictFaces } from './predict-faces.js';

/**
 * Loads a model, starts the best engine that computes it right, and returns the detector.
 *
 * `auto` runs the checkpoint's known answer on each engine; why one was passed over is in `detector.info.rejected`.
 * The face models are loaded by the first `detect` that needs them.
 *
 * @throws InvalidOptionError that names every wrong option, also where no model is named.
 * @throws CheckpointFormatError where the files of the model are damaged or of another version.
 * @throws BackendUnavailableError where no engine, or not the one asked for, runs here.
 * @throws KnownAnswerError where the engine asked for does not give the checkpoint's known answer.
 * @throws AbortedError when `signal` is aborted.
 * @example
 * ```ts
 * import { createDetector } from '@sofd/inference';
 *
 * const detector = await createDetector({ model: 'checkpoint' });
 * const result = await detector.detect('photo.jpg');
 * for (const face of result.faces) console.log(face.verdict, face.probability, face.explanation.summary);
 * await detector.dispose();
 * ```
 */
export async function createDetector(options: DetectorOptions): Promise<Detector> {
  const resolved = parseDetectorOptions(options);
  const { signal, engine, assets, onProgress } = resolved;
  throwIfAborted(signal, 'createDetector');
  const { checkpoint, cached } = await loadModel(resolved, { signal, onProgress });
  const thresholds = resolveThresholds(checkpoint.graph, checkpoint.manifest, resolved.thresholds);
  onProgress({ stage: 'engine', done: 0, total: 1 });
  const running = await engineQueue.run(() => selectEngine(checkpoint, { engine, assets, signal }), {
    where: 'createDetector',
    signal,
  });
  onProgress({ stage: 'engine', done: 1, total: 1, note: running.active.name });
  const info = describeDetector(checkpoint, running, { thresholds, cache: cached });
  return assembleDetector({ checkpoint, running, options: resolved, info });
}

interface Parts {
  readonly checkpoint: Checkpoint;
  readonly running: RunningEngine;
  readonly options: ResolvedDetectorOptions;
  readonly info: DetectorInfo;
}

const describeDetector = (
  { manifest, graph }: Checkpoint,
  { active, rejected }: RunningEngine,
  rest: Pick<DetectorInfo, 'thresholds' | 'cache'>,
): DetectorInfo => ({
  engine: active.name,
  device: active.device,
  threads: active.threads,
  rejected,
  model: {
    name: manifest.name,
    sha256: manifest.weights.sha256,
    version: manifest.version,
    crop: manifest.input.crop,
    licence: manifest.licence,
  },
  labels: listLabels(graph),
  ...rest,
});

function assembleDetector(parts: Parts): Detector {
  const { running, options, checkpoint } = parts;
  let finder: FaceFinder | null = null;
  let disposed = false;

  const assertInUse = () => {
    if (!disposed) return;
    throw new InvalidOptionError(
      'detector.detect: expected a detector in use, got one after dispose(); create another with createDetector().',
    );
  };
  const getFinder = async (): Promise<FaceFinder> => {
    if (finder) return finder;
    options.onProgress({ stage: 'face-models', done: 0, total: 1 });
    const { face } = options.assets;
    finder = await createFaceFinder({ maxFaces: options.maxFaces, ...(face === undefined ? {} : { assets: face }) });
    options.onProgress({ stage: 'face-models', done: 1, total: 1 });
    return finder;
  };
  const listInputs = async (image: PixelImage, crop: 'auto' | 'none', signal: AbortSignal | undefined) => {
    if (crop === 'none') return [wholeFaceInput(image, checkpoint)];
    const ready = await getFinder();
    throwIfAborted(signal, 'detector.detect');
    return findFaceInputs(image, ready, checkpoint);
  };

  return {
    info: parts.info,
    async detect(source: ImageSource, detectOptions?: DetectOptions) {
      const { crop, signal } = parseDetectOptions(detectOptions);
      assertInUse();
      throwIfAborted(signal, 'detector.detect');
      if (crop === 'auto') assertCropVersion(checkpoint);
      const image = await decodeImage(source);
      const task = async () => {
        assertInUse();
        // Another detector may have made its own engine the active one since the last call.
        const use = await useBackend(running.backend);
        try {
          const inputs = await listInputs(image, crop, signal);
          const logits = await predictFaces(running.predictor, inputs, { graph: checkpoint.graph, signal });
          return assembleResult(parts, { image, inputs, logits });
        } finally {
          await use.dispose();
        }
      };
      return engineQueue.run(task, { where: 'detector.detect', signal });
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      const free = async () => {
        finder?.dispose();
        running.predictor.dispose();
        await running.active.dispose();
      };
      await engineQueue.run(free, { where: 'detector.dispose' });
    },
  };
}

function assembleResult(
  { checkpoint, info, options }: Parts,
  { image, inputs, logits }: { image: PixelImage; inputs: readonly FaceInput[]; logits: readonly Float32Array[] },
): DetectionResult {
  const { width, height } = image;
  const faces = inputs.map((input, index) =>
    judgeFace(
      { id: `face-${index + 1}`, input, logits: logits[index] as Float32Array },
      { checkpoint, thresholds: info.thresholds, minQuality: options.minQuality },
    ),
  );
  const warnings: string[] = [];
  if (inputs[0]?.box === null && width !== height)
    warnings.push(`The face crop was not square (${width}x${height} pixels) and has been squeezed; crop it square.`);
  return {
    faces,
    verdict: judgePhoto(faces.map(({ verdict }) => verdict)),
    image: { width, height },
    model: { name: info.model.name, sha256: info.model.sha256, version: info.model.version },
    engine: info.engine,
    warnings,
  };
}
