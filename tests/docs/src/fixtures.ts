import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { wasm } from '@sofd/backend-wasm';
import { createRandom, faceForensics } from '@sofd/core';
import { expandFolder } from '@sofd/dataset/node';
import { createFaceFinder, encodePng } from '@sofd/face';
import { buildCheckpoint, createParameters, defineModelConfig, modelPresets } from '@sofd/model';
import { writeCheckpointFolder } from '@sofd/model/node';
import { disposeTree, useBackend } from '@sofd/tensor';
import { checkpointFacts } from './checkpoint-facts.js';

const samples = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** The files that examples may name; CONTRIBUTING.md lists them for writers. */
const makers: Record<string, (path: string) => Promise<void>> = {
  'photo.jpg': async (path) => copyFileSync(join(samples, 'sample1.jpg'), path),
  photos: async (path) => {
    mkdirSync(path);
    for (const name of ['sample1.jpg', 'sample4.jpg']) copyFileSync(join(samples, name), join(path, name));
  },
  'crop.png': async (path) => {
    const random = createRandom('crop.png');
    const data = Uint8ClampedArray.from({ length: 317 * 317 * 3 }, () => random.integer(256));
    writeFileSync(path, await encodePng({ width: 317, height: 317, data }));
  },
  checkpoint: makeCheckpoint,
  'demo-output/checkpoint': async (path) => cpSync(await makeOriginal('checkpoint'), path, { recursive: true }),
  faces: makeDataset,
};

/** Where each file is made once; examples get copies. */
const originals = mkdtempSync(join(tmpdir(), 'sofd-docs-originals-'));

/** Removes them; nothing can be made after. */
export const removeOriginals = () => rmSync(originals, { recursive: true, force: true });

/** The one original of one of the files above, for reading only. */
export async function makeOriginal(name: string): Promise<string> {
  const path = join(originals, name);
  if (!existsSync(path)) await makers[name]!(path);
  return path;
}

/** Puts one of the files above into the current folder, if it is not there yet. */
async function makeFile(name: string): Promise<string> {
  if (!existsSync(name)) cpSync(await makeOriginal(name), name, { recursive: true });
  return name;
}

/** Makes every file above that the code names. */
export async function makeFilesNamedIn(code: string): Promise<void> {
  for (const name of Object.keys(makers))
    if (new RegExp(`['"\`/]${name.replace('.', '\\.')}['"\`/]`).test(code)) await makeFile(name);
}

/** A data set of altered and unaltered faces, made from the photographs. */
async function makeDataset(path: string): Promise<void> {
  await useBackend(wasm());
  const finder = await createFaceFinder();
  await expandFolder({ input: await makeOriginal('photos'), output: path, finder, seed: 1, perFace: 1 });
  finder.dispose();
}

/** A checkpoint of a model that has learnt nothing, small enough to make in a moment. */
async function makeCheckpoint(path: string): Promise<void> {
  await useBackend(wasm());
  const config = defineModelConfig(modelPresets.tiny, faceForensics);
  const params = createParameters(config, createRandom('checkpoint'));
  const { files } = await buildCheckpoint({
    ...checkpointFacts,
    name: 'untrained',
    graph: faceForensics,
    config,
    params,
  });
  await writeCheckpointFolder(path, files);
  disposeTree(params);
}

/** Makes an empty folder the current one; returns what undoes that. */
export function enterEmptyFolder(): () => void {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'sofd-docs-'));
  process.chdir(folder);
  return () => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** `fetch` as a page would see it that is served from the current folder, with the checkpoint at any address. */
export async function fetchAsPage(address: string | URL | Request): Promise<Response> {
  const name = String(address instanceof Request ? address.url : address).replace(/^.*\//, '');
  const path = join(await makeOriginal('checkpoint'), name);
  return existsSync(path) ? new Response(readFileSync(path)) : new Response(null, { status: 404 });
}
