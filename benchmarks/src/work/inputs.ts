import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@sofd/core';
import { visionEncoderOf } from '@sofd/model';
import { encodeSafetensors, type SafetensorsTensor } from '@sofd/tensor';
import { modelConfigOf, type VitShape } from './vit-shape.js';

/** As many images as the largest batch has. */
const imageCount = 16;

/** Part of the files' names: another number where their contents change. */
const version = 1;

interface Spec {
  readonly shape: readonly number[];
  readonly init:
    | { readonly kind: 'normal'; readonly deviation: number }
    | { readonly kind: 'constant'; readonly value: number };
}

type SpecNode = Spec | { readonly [key: string]: SpecNode } | readonly SpecNode[];

const isSpec = (node: SpecNode): node is Spec => 'shape' in node && 'init' in node;

function* walk(node: SpecNode, path: string): Generator<[string, Spec]> {
  if (isSpec(node)) yield [path, node];
  else for (const [key, child] of Object.entries(node)) yield* walk(child, `${path}.${key}`);
}

/** Constants are varied a little: a bias of zero would not show that it is forgotten. */
function draw(name: string, { shape, init }: Spec): SafetensorsTensor {
  const random = createRandom(`benchmarks/${name}`);
  const [mean, deviation] = init.kind === 'normal' ? [0, init.deviation] : [init.value, 0.02];
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal(mean, deviation));
  return { dtype: 'F32', shape, data };
}

/** The files from which every contender reads. */
export interface Inputs {
  /** The parameters of the model, by their names in sofd: `vision.…`. */
  readonly weights: string;
  /** One tensor, `images` [16, side, side, 3]. */
  readonly images: string;
}

/**
 * Parameters of a vision transformer and images, as safetensors files. Written once: the same seed gives the same numbers.
 *
 * @param shape - the model.
 * @param folder - where they are kept.
 * @returns their paths.
 */
export async function provideInputs(shape: VitShape, folder: string): Promise<Inputs> {
  const { imageSize, specs } = visionEncoderOf(modelConfigOf(shape));
  const images: Spec = { shape: [imageCount, imageSize, imageSize, 3], init: { kind: 'normal', deviation: 1 } };
  await mkdir(folder, { recursive: true });
  return {
    weights: await provide(join(folder, `${fileNameOf(shape)}-weights-${version}.safetensors`), () =>
      walk(specs as SpecNode, 'vision'),
    ),
    images: await provide(join(folder, `${fileNameOf(shape)}-images-${version}.safetensors`), () => [
      ['images', images],
    ]),
  };
}

/** The name of a model in file names. */
export const fileNameOf = ({ name }: VitShape): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

async function provide(path: string, specs: () => Iterable<[string, Spec]>): Promise<string> {
  if (existsSync(path)) return path;
  const tensors = Object.fromEntries([...specs()].map(([name, spec]) => [name, draw(name, spec)]));
  await writeFile(`${path}.part`, encodeSafetensors(tensors));
  await rename(`${path}.part`, path);
  return path;
}
