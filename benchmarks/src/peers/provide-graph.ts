import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf } from '../work/inputs.js';
import type { VitShape } from '../work/vit-shape.js';
import type { Peer } from './peers.js';
import { runCommand } from './run-command.js';

/** Part of the files' names: another number where their contents change. */
const version = 1;

/**
 * A vision transformer as an ONNX graph with its weights, written once.
 *
 * @param shape - the model.
 * @param weights - the file of its parameters.
 * @param places - the cache folder, the folder of our Python sources, and the Python that has `onnx`.
 */
export async function provideGraph(
  shape: VitShape,
  weights: string,
  { folder, sources, python }: { readonly folder: string; readonly sources: string; readonly python: Peer },
): Promise<Peer> {
  const path = join(folder, `${fileNameOf(shape)}-${version}.onnx`);
  if (existsSync(path)) return { path };
  if ('absent' in python) return { absent: `the ONNX graph cannot be written without Python: ${python.absent}` };
  const script = join(sources, 'python', 'write_vit_onnx.py');
  await runCommand(python.path, [script, JSON.stringify(shape), weights, `${path}.part`]);
  await rename(`${path}.part`, path);
  return { path };
}
