import { BackendUnavailableError } from '@sofd/core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { dispose, getBackend, type io, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { PixelImage } from '../image/pixel-image.js';
import { type GraphModelFiles, type ModelName, readModelFiles } from './model-files.js';

/** A graph model that takes one square RGB image and gives arrays. */
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
  const inputSize = model.inputs[0]?.shape?.[1] ?? 0;
  return {
    inputSize,
    async run(image, { scale, offset }) {
      const input = tensor(scalePixels(image, scale, offset), [1, inputSize, inputSize, 3]);
      const result = model.execute(input) as Tensor | Tensor[];
      const outputs = Array.isArray(result) ? result : [result];
      const arrays = await Promise.all(outputs.map(async (output) => (await output.data()) as Float32Array));
      dispose([input, ...outputs]);
      return new Map(arrays.map((array) => [array.length, array]));
    },
    dispose: () => model.dispose(),
  };
}
