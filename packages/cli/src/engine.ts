import { native, nodeBackends, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { type ActiveBackend, type Availability, type Backend, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { type EngineName, engineNames } from './command-context.js';

/** The engines of this machine in the order in which `sofd doctor` shows them. */
export const allBackends = (): readonly Backend[] => [tensorflow(), native(), webgpu(), wasm(), reference()];

const candidates: Record<EngineName, () => readonly Backend[]> = {
  auto: nodeBackends,
  native: () => [native()],
  wasm: () => [wasm()],
  webgpu: () => [webgpu()],
  tensorflow: () => [tensorflow()],
  reference: () => [reference()],
};

/**
 * Makes an engine the active one of this process.
 *
 * @param name - engine asked for; `auto` takes the best present
 * @returns the engine that is active now, with the reasons why others were passed over
 * @throws {BackendUnavailableError} when none of the candidates works here
 */
export const activateEngine = (name: EngineName): Promise<ActiveBackend> => useBackend(candidates[name]());

/**
 * Says which engine a name stands for on this machine.
 *
 * @param name engine asked for; `auto` stands for the best present
 * @returns its own name
 * @throws BackendUnavailableError when none of the candidates works here
 */
export async function resolveEngine(name: EngineName): Promise<EngineName> {
  const active = await activateEngine(name);
  await active.dispose();
  return engineNames.find((one) => one === active.name) ?? name;
}

/**
 * Says whether an engine works here, without starting it.
 *
 * @param name its own name, as another machine chose it
 */
export async function probeEngine(name: string): Promise<Availability> {
  const backend = allBackends().find((one) => one.name === name);
  if (backend !== undefined) return await backend.probe();
  return { available: false, reason: `no engine is called ${name}`, remedy: 'Install the same version of sofd.' };
}
