import { platform } from '#backend-wasm/platform';
import type { AddedKernels } from './added-kernels.js';
import { createMailbox, type Mailbox, spinMs, states } from './mailbox.js';

/** A thread of the pool, other than the caller's. */
export interface PoolThread {
  readonly mailbox: Mailbox;
  /** Ends it, whatever it does. */
  end(): void;
}

/** What a thread computes with. */
export interface PoolThreadOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly added?: AddedKernels | undefined;
  /** Called with the reason when the thread ends by itself later on. */
  readonly onEnd: (reason: string) => void;
}

const startLimitMs = 30_000;

/**
 * Starts a thread, and waits until it waits for calls.
 *
 * @throws Error with the reason when it does not within 30 s.
 */
export async function startPoolThread({ module, memory, added, onEnd }: PoolThreadOptions): Promise<PoolThread> {
  const mailbox = createMailbox();
  let terminate = () => {};
  let tell: (reason: string) => void = () => {};
  const end = () => {
    tell = () => {};
    terminate();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      tell = (reason) => reject(new Error(reason));
      // Also keeps a process alive that has nothing else to wait for.
      timer = setTimeout(() => tell(`no answer within ${startLimitMs / 1000} s`), startLimitMs);
      const task = {
        ...{ module, memory, mailbox, states, spinMs },
        added: added && { location: added.location, task: added.task, names: Object.keys(added.kernels) },
      };
      // It throws where the memory cannot be shared, or a policy forbids workers.
      terminate = platform.startWorker(task, { onMessage: () => resolve(), onEnd: (reason) => tell(reason) });
    });
  } catch (error) {
    end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  tell = onEnd;
  return { mailbox, end };
}
