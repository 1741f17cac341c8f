import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { type ActiveBackend, useBackend } from '@sofd/tensor';
import type { Preparation } from '../messages.js';

let running: { readonly asked: Preparation['engine']; readonly engine: ActiveBackend } | undefined;

/** WebGPU without a graphics processor is right, but slower than wasm. */
async function chooseEngines(asked: Preparation['engine']) {
  if (asked !== 'auto') return asked === 'webgpu' ? webgpu() : wasm();
  const gpu = await webgpu().probe();
  return gpu.available && !/software/i.test(gpu.detail) ? [webgpu(), wasm()] : wasm();
}

/** The engine asked for; started once, and anew when the choice changes. All tensors of the one before have to be gone. */
export async function startEngine(asked: Preparation['engine']): Promise<ActiveBackend> {
  if (running?.asked === asked) return running.engine;
  await running?.engine.dispose();
  running = undefined;
  running = { asked, engine: await useBackend(await chooseEngines(asked)) };
  return running.engine;
}
