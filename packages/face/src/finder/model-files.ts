import { BackendUnavailableError } from '@sofd/core';
import { platform } from '#face/platform';
import type { ModelFile } from '../platform/platform.js';

/** One of the graph models of this package. */
export type ModelName = ModelFile extends `${infer Name}.${string}` ? Name : never;

/** The two files of a TensorFlow.js graph model. */
export interface GraphModelFiles {
  /** Topology, signature and the list of weights, parsed. */
  readonly json: unknown;
  /** The weights' bytes. */
  readonly bin: Uint8Array;
}

/** Reads the two files of a model. */
export async function readModelFiles(name: ModelName, assets?: string): Promise<GraphModelFiles> {
  const [text, bin] = await Promise.all([
    platform.readModelFile(`${name}.json`, assets),
    platform.readModelFile(`${name}.bin`, assets),
  ]);
  try {
    return { json: JSON.parse(new TextDecoder().decode(text)), bin };
  } catch (cause) {
    throw new BackendUnavailableError(
      `createFaceFinder: expected ${name}.json to be a graph model, got something else; check that \`assets\` names the models folder.`,
      { cause },
    );
  }
}

/**
 * Reads the files of the network that {@link FaceFinder.describe} runs; its first layers make a frozen vision encoder.
 * @param options `assets`: folder (Node) or URL (browsers) of the model files
 * @throws BackendUnavailableError when they cannot be read
 * @example
 * ```ts
 * import { readFaceNetwork } from '@sofd/face';
 * const { json, bin } = await readFaceNetwork();
 * ```
 */
export async function readFaceNetwork({ assets }: { readonly assets?: string } = {}): Promise<GraphModelFiles> {
  return readModelFiles('faceres', assets);
}
