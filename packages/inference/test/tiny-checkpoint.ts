import { type CheckpointManifest, createRandom, faceForensics } from '@sofd/core';
import { clipMean, clipStd, faceCropVersion, type PixelImage } from '@sofd/face';
import {
  buildCheckpoint,
  type CheckpointFiles,
  createParameters,
  defineModelConfig,
  memoryCheckpoint,
  modelPresets,
} from '@sofd/model';
import { disposeTree, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';

type Changes = Partial<Pick<CheckpointManifest, 'calibration' | 'thresholds'>> & {
  readonly seed?: number;
  readonly crop?: string;
};

/** The files of an untrained checkpoint that the reference engine computed. */
export async function buildTinyFiles({
  seed = 1,
  crop = faceCropVersion,
  ...changes
}: Changes = {}): Promise<CheckpointFiles> {
  const engine = await useBackend(reference());
  try {
    const config = defineModelConfig(modelPresets.tiny, faceForensics);
    const params = createParameters(config, createRandom(seed));
    const { files } = await buildCheckpoint({
      name: `tiny-${seed}`,
      graph: faceForensics,
      config,
      params,
      input: { imageSize: 32, crop, resize: 'bicubic-antialias', mean: [...clipMean], std: [...clipStd] },
      calibration: { kind: 'identity' },
      thresholds: { fake: 0.5, labels: {} },
      licence: { weights: 'Apache-2.0', data: 'none', note: 'random weights for tests' },
      training: { seed },
      ...changes,
    });
    disposeTree(params);
    return files;
  } finally {
    await engine.dispose();
  }
}

/** {@link buildTinyFiles} as a source. */
export const buildTinySource = async (changes?: Changes) => memoryCheckpoint({ ...(await buildTinyFiles(changes)) });

/** A picture of smooth noise in which there is no face. */
export function drawPicture(seed: number, { width = 48, height = 48 } = {}): PixelImage {
  const random = createRandom(seed);
  const waves = [0, 1, 2].map(() => [random.uniformBetween(0.02, 0.3), random.uniformBetween(0.02, 0.3)] as const);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const [across, down] = waves[i % 3] as (typeof waves)[number];
    const pixel = Math.floor(i / 3);
    data[i] = 128 + 100 * Math.sin(across * (pixel % width) + down * Math.floor(pixel / width) + seed);
  }
  return { width, height, data };
}
