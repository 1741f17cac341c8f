import { native, nodeBackends, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { type ActiveBackend, type Backend, useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import type { EngineName } from './command-context.js';

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
