import { BackendUnavailableError } from '@sofd/core';
import {
  engine,
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';

type Factory = () => KernelBackend | Promise<KernelBackend>;

/** The factories that the tfjs packages registered; tfjs forgets them when a backend is removed. */
const factories = new Map<string, Factory>();

/**
 * Makes a registered tfjs backend the active one, starting it when it is not running yet.
 *
 * For authors of engines. tfjs itself reports a failing start only as `false` and a warning on the console;
 * this throws the reason.
 *
 * @param name - the tfjs backend, as its package registers it on import, such as `'wasm'`.
 * @throws BackendUnavailableError when no such backend is registered or it does not start.
 */
export async function startTfjsEngine(name: string): Promise<KernelBackend> {
  const running = runningInstance(name);
  const instance = running ?? (await createInstance(name));
  if (running === undefined) {
    // A factory that already has its instance makes setBackend synchronous inside, so that no kernel runs in between.
    if (findBackendFactory(name)) removeBackend(name);
    registerBackend(name, () => instance);
  }
  if (!(await setBackend(name))) {
    throw new BackendUnavailableError(
      `engine ${name}: expected tfjs to activate it, got a refusal; report this with the output of sofd doctor.`,
    );
  }
  return instance;
}

/**
 * Frees a tfjs backend that {@link startTfjsEngine} started, unless tensors still live on it, and leaves it ready to be started again.
 *
 * @param name - the tfjs backend.
 * @param options - `isLost`: whether its device is gone, and the tensors with it, so that they hold nothing up.
 * @returns whether it was freed.
 */
export function stopTfjsEngine(name: string, { isLost = false }: { readonly isLost?: boolean } = {}): boolean {
  const instance = runningInstance(name);
  if (!factories.has(name) || !instance || (instance.numDataIds() > 0 && !isLost)) return false;
  // Not registered again: tfjs would start it by itself, at any operation without an engine.
  removeBackend(name);
  return true;
}

/** Not `findBackend`, which starts what is not running. */
const runningInstance = (name: string): KernelBackend | undefined => engine().registry[name];

async function createInstance(name: string): Promise<KernelBackend> {
  const factory = factories.get(name) ?? (findBackendFactory(name) as Factory | undefined);
  if (!factory) {
    throw new BackendUnavailableError(
      `engine ${name}: expected a registered tfjs backend, got none; import the tfjs package of that engine first.`,
    );
  }
  factories.set(name, factory);
  try {
    return await factory();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : messageOf(cause);
    throw new BackendUnavailableError(`engine ${name}: expected it to start, got "${reason}"; try another engine.`, {
      cause,
    });
  }
}

/** tfjs-backend-wasm rejects with a plain object. */
function messageOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'message' in value ? String(value.message) : String(value);
}
