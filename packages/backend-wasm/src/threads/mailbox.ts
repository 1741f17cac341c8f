/**
 * What the state of a mailbox says: nothing to do, a call that waits for the thread, one that the thread is making, one that
 * threw.
 */
export const states = { idle: 0, posted: 1, running: 2, failed: 3 } as const;

/** Memory by which the caller hands calls to one thread. */
export interface Mailbox {
  /** One word of {@link states}. */
  readonly state: Int32Array<SharedArrayBuffer>;
  /** The kernel's index among the module's exports, the number of arguments, the arguments. */
  readonly call: Float64Array<SharedArrayBuffer>;
  /** Why the call failed, in UTF-8, filled up with zeros. */
  readonly failure: Uint8Array<SharedArrayBuffer>;
}

/** Arguments of a kernel that there is room for. */
export const maximumArguments = 30;
const failureBytes = 256;

/** A mailbox whose thread has nothing to do. */
export function createMailbox(): Mailbox {
  const callBytes = (2 + maximumArguments) * Float64Array.BYTES_PER_ELEMENT;
  const buffer = new SharedArrayBuffer(callBytes + failureBytes + Int32Array.BYTES_PER_ELEMENT);
  return {
    call: new Float64Array(buffer, 0, 2 + maximumArguments),
    failure: new Uint8Array(buffer, callBytes, failureBytes),
    state: new Int32Array(buffer, callBytes + failureBytes),
  };
}

/** Leaves a call for the thread, which must not be running one. */
export function post({ state, call }: Mailbox, kernel: number, values: readonly number[]): void {
  call[0] = kernel;
  call[1] = values.length;
  for (let i = 0; i < values.length; i += 1) call[2 + i] = values[i]!;
  // Only now: a store by Atomics makes everything written before it visible.
  Atomics.store(state, 0, states.posted);
  Atomics.notify(state, 0);
}

/** Takes a call back. Returns whether that was possible: it is not when the thread has begun. */
export const takeBack = ({ state }: Mailbox): boolean =>
  Atomics.compareExchange(state, 0, states.posted, states.idle) === states.posted;

/** Why the last call failed, or undefined where it did not. */
export function failureOf({ state, failure }: Mailbox): string | undefined {
  if (Atomics.load(state, 0) !== states.failed) return undefined;
  // A copy, because browsers refuse to decode shared memory.
  const bytes = new Uint8Array(failure);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/**
 * How long both sides watch the state before they sleep.
 *
 * Longer than most pauses between two kernels and than the time it takes to wake up, and too short to be noticed as load.
 */
export const spinMs = 0.05;

/** Limits of {@link awaitEnd}. */
export interface Patience {
  readonly limitMs: number;
  /** Whether the caller may sleep; the main thread of a page may not. */
  readonly maySleep: boolean;
}

/** Waits until the thread runs no call, or the limit has passed. Returns whether it runs none. */
export function awaitEnd({ state }: Mailbox, { limitMs, maySleep }: Patience): boolean {
  const start = performance.now();
  for (;;) {
    for (let i = 0; i < 100; i += 1) if (Atomics.load(state, 0) !== states.running) return true;
    const elapsedMs = performance.now() - start;
    if (elapsedMs > limitMs) return false;
    if (maySleep && elapsedMs > spinMs) Atomics.wait(state, 0, states.running, limitMs - elapsedMs);
  }
}

/** Whether the calling thread may sleep. */
export function maySleep(): boolean {
  try {
    // Does not sleep, since the word is not 1. Where sleeping is forbidden, it throws before it looks.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}
