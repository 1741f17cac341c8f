import { BackendUnavailableError } from '@sofd/core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { dispose, getBackend, type io, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { PixelImage } from '../image/pixel-image.js';
import { type GraphModelFiles, type ModelName, readModelFiles } from './model-files.js';

/** A graph model that takes one square image, RGB or grey, and gives arrays. */
export interface ImageModel {
  /** Side of the input in pixels. */
  readonly inputSize: number;
  /**
   * Runs the model on an image of the input's size.
   * @param options value of a pixel v is v `scale` + `offset`
   * @returns the outputs by their number of values
   */
  run(
    image: PixelImage,
    options: { readonly scale: number; readonly offset: number },
  ): Promise<Map<number, Float32Array>>;
  dispose(): void;
}

interface ModelJson {
  readonly modelTopology: object;
  /** Names the outputs; without it only the ends of the graph are given. */
  readonly signature?: object;
  readonly weightsManifest: readonly { readonly weights: io.WeightsManifestEntry[] }[];
}

function toArtifacts({ json, bin }: GraphModelFiles): io.ModelArtifacts {
  const { modelTopology, signature, weightsManifest } = json as ModelJson;
  return {
    modelTopology,
    ...(signature ? { signature } : {}),
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: bin.slice().buffer as ArrayBuffer,
  };
}

function scalePixels({ data }: PixelImage, scale: number, offset: number): Float32Array {
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = data[i]! * scale + offset;
  return values; // [height, width, 3]
}

function toGrey(rgb: Float32Array): Float32Array {
  const values = new Float32Array(rgb.length / 3);
  for (let i = 0; i < values.length; i++) {
    values[i] = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
  }
  return values; // [height, width, 1]
}

/**
 * Loads a model of this package onto the active engine.
 * @throws BackendUnavailableError when no engine is active or the model's files cannot be read
 */
export async function loadImageModel(name: ModelName, assets?: string): Promise<ImageModel> {
  if (!getBackend()) {
    throw new BackendUnavailableError(
      'createFaceFinder: expected an active engine, got none; call useBackend(wasm()) of @sofd/tensor and @sofd/backend-wasm first.',
    );
  }
  const artifacts = toArtifacts(await readModelFiles(name, assets));
  const model = await loadGraphModel({ load: async () => artifacts });
  const [, inputSize = 0, , channels = 3] = model.inputs[0]?.shape ?? [];
  return {
    inputSize,
    async run(image, { scale, offset }) {
      const rgb = scalePixels(image, scale, offset);
      const input = tensor(channels === 1 ? toGrey(rgb) : rgb, [1, inputSize, inputSize, channels]);
      const result = model.execute(input) as Tensor | Tensor[];
      const outputs = Array.isArray(result) ? result : [result];
      const arrays = await Promise.all(outputs.map(async (output) => (await output.data()) as Float32Array));
      dispose([input, ...outputs]);
      return new Map(arrays.map((array) => [array.length, array]));
    },
    dispose: () => model.dispose(),
  };
}
