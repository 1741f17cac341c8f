import { BackendUnavailableError, KnownAnswerError, SofdError, throwIfAborted } from '@sofd/core';
import { type Checkpoint, createPredictor, type Predictor } from '@sofd/model';
import { type ActiveBackend, type Backend, useBackend } from '@sofd/tensor';
import { platform } from '#inference/platform';
import type { DetectorAssets, EngineName } from './detector-options.js';

/** An engine that `auto` passed over, and why. */
export interface RejectedEngine {
  readonly name: string;
  readonly reason: string;
}

/** An engine with the model on it that gave the checkpoint's known answer. */
export interface RunningEngine {
  readonly backend: Backend;
  readonly active: ActiveBackend;
  readonly predictor: Predictor;
  readonly rejected: readonly RejectedEngine[];
}

/** Each engine is imported when asked for, so that a page downloads the one it uses. */
async function createEngine(name: Exclude<EngineName, 'auto'>, assets: DetectorAssets): Promise<Backend> {
  switch (name) {
    case 'webgpu':
      return (await import('@sofd/backend-webgpu')).webgpu();
    case 'wasm':
      return (await import('@sofd/backend-wasm')).wasm(assets.wasm === undefined ? {} : { assets: assets.wasm });
    case 'reference':
      return (await import('@sofd/tensor/reference')).reference();
    default:
      return platform.createNodeEngine(name);
  }
}

/** WebGPU drivers that compute on the processor: right, but tens of times slower than wasm. */
const softwareDevice = /swiftshader|lavapipe|llvmpipe|software|fallback|basic render/i;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function startEngine(
  name: Exclude<EngineName, 'auto'>,
  checkpoint: Checkpoint,
  { assets, automatic }: { readonly assets: DetectorAssets; readonly automatic: boolean },
): Promise<Omit<RunningEngine, 'rejected'>> {
  const backend = await createEngine(name, assets);
  if (automatic && name === 'webgpu') await refuseSoftwareDevice(backend);
  const active = await useBackend(backend);
  let predictor: Predictor | undefined;
  try {
    predictor = createPredictor(checkpoint);
    await predictor.checkKnownAnswer();
    return { backend, active, predictor };
  } catch (error) {
    predictor?.dispose();
    await active.dispose();
    throw error;
  }
}

async function refuseSoftwareDevice(backend: Backend): Promise<void> {
  const availability = await backend.probe();
  if (availability.available && softwareDevice.test(availability.detail))
    throw new BackendUnavailableError(
      `engine ${backend.name}: expected a graphics processor, got ${availability.detail}, which is slower than the next engine; name the engine to use it all the same.`,
    );
}

/**
 * Starts the engine asked for, or for `auto` the first that starts and gives the checkpoint's known answer.
 *
 * @throws BackendUnavailableError with the reason of each engine where none starts.
 * @throws KnownAnswerError where the engine asked for computes something else than the checkpoint says.
 */
export async function selectEngine(
  checkpoint: Checkpoint,
  { engine, assets, signal }: { engine: EngineName; assets: DetectorAssets; signal: AbortSignal | undefined },
): Promise<RunningEngine> {
  if (engine !== 'auto') {
    return { ...(await startEngine(engine, checkpoint, { assets, automatic: false })), rejected: [] };
  }
  const rejected: RejectedEngine[] = [];
  const causes: unknown[] = [];
  for (const name of platform.automaticEngines) {
    throwIfAborted(signal, 'createDetector');
    try {
      return { ...(await startEngine(name, checkpoint, { assets, automatic: true })), rejected };
    } catch (error) {
      rejected.push({ name, reason: messageOf(error) });
      causes.push(error);
    }
  }
  const ErrorClass = causes.every((cause) => KnownAnswerError.isInstance(cause))
    ? KnownAnswerError
    : BackendUnavailableError;
  throw new ErrorClass(
    `createDetector.engine: expected one of ${platform.automaticEngines.join(', ')} to run this model, got no right answer from any; see the reasons:\n${rejected.map(({ name, reason }) => `- ${name}: ${reason}`).join('\n')}`,
    { cause: new AggregateError(causes.filter((cause) => SofdError.isInstance(cause) || cause instanceof Error)) },
  );
}
