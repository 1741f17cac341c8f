import { type DeviceWatch, watchDevice } from './device-watch.js';
import { createHalfWeights, type HalfWeights } from './kernels/half-weights.js';
import { createRunner, type RunProgram } from './run-program.js';
import type { WebgpuBackend } from './tfjs-backend.js';

/** What the engine adds to a running tfjs backend. */
export interface EngineParts {
  readonly backend: WebgpuBackend;
  readonly run: RunProgram;
  readonly halfWeights: HalfWeights;
  readonly watch: DeviceWatch;
}

const parts = new WeakMap<WebgpuBackend, EngineParts>();

/** The engine's parts for a backend: the same ones while it runs, also where tensors outlived the engine and it is started again. */
export function partsOf(backend: WebgpuBackend): EngineParts {
  const known = parts.get(backend);
  if (known) return known;
  const run = createRunner(backend);
  // Halves first: a watched read includes the widening.
  const made = { backend, run, halfWeights: createHalfWeights(backend, run), watch: watchDevice(backend) };
  parts.set(backend, made);
  return made;
}
