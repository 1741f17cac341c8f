import { BackendUnavailableError } from '@sofd/core';
import { setBackend } from '@tensorflow/tfjs-core';
import type { ActiveBackend, Backend, BackendInfo } from './backend.js';
import { raiseOverrides } from './kernel-overrides.js';
import { assertEngineComputes } from './self-test.js';

interface Use {
  readonly backend: Backend;
  readonly info: BackendInfo;
  users: number;
  isLost: boolean;
}

interface Rejection {
  readonly name: string;
  readonly reason: string;
  readonly remedy: string;
}

/** The engines in use by name, in the order in which they were last asked for: the last one is active. */
const running = new Map<string, Use>();
let pending: Promise<unknown> = Promise.resolve();

/**
 * Makes the first usable of several engines the active one.
 *
 * Usable is an engine that starts and then computes a few known products right. An engine that is in use already is only made
 * active again, and counted: it is disposed of when every use has ended. Calls are served one after another.
 *
 * @param candidates - best first.
 * @returns what was selected and why those before it were not.
 * @throws BackendUnavailableError naming each candidate with its reason and remedy, when none is usable.
 * @example
 * ```ts
 * import { useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * const engine = await useBackend([reference()]);
 * engine.device; // 'plain JavaScript'
 * await engine.dispose();
 * ```
 */
export function useBackend(candidates: Backend | readonly Backend[]): Promise<ActiveBackend> {
  const list: readonly Backend[] = 'name' in candidates ? [candidates] : candidates;
  return inTurn(() => selectFrom(list));
}

function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = pending.then(task);
  // The next call waits for this one, whether it succeeds or not.
  pending = turn.catch(() => undefined);
  return turn;
}

async function selectFrom(candidates: readonly Backend[]): Promise<ActiveBackend> {
  const rejected: Rejection[] = [];
  for (const candidate of candidates) {
    const known = running.get(candidate.name);
    if (known && !known.isLost) {
      await activate(known);
      return share(known, rejected);
    }
    const attempt = await tryToUse(candidate);
    if ('info' in attempt) return share(enter(candidate, attempt.info), rejected);
    rejected.push(attempt);
    // A failed start may have left its own engine selected.
    await activateLast();
  }
  throw unusable(rejected);
}

/** Makes an engine that runs the active one. */
async function activate(use: Use): Promise<void> {
  const { name, tfjsBackend } = use.info;
  running.delete(name);
  running.set(name, use);
  await setBackend(tfjsBackend);
  raiseOverrides(tfjsBackend, name);
}

async function activateLast(): Promise<void> {
  const last = [...running.values()].at(-1);
  if (last) await activate(last);
}

function enter(backend: Backend, info: BackendInfo): Use {
  const use: Use = { backend, info, users: 0, isLost: false };
  // In place of a lost one of that name, if there is one, but as the last.
  running.delete(info.name);
  running.set(info.name, use);
  info.lost?.then(() => {
    use.isLost = true;
  });
  return use;
}

async function tryToUse(candidate: Backend): Promise<{ info: BackendInfo } | Rejection> {
  const { name } = candidate;
  const availability = await candidate.probe();
  if (!availability.available) return { name, reason: availability.reason, remedy: availability.remedy };
  try {
    const info = await candidate.init();
    await assertEngineComputes(name);
    return { info };
  } catch (cause) {
    await candidate.dispose().catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { name, reason, remedy: '' };
  }
}

function share(use: Use, rejected: readonly Rejection[]): ActiveBackend {
  use.users += 1;
  let ended = false;
  return {
    ...use.info,
    rejected: rejected.map(({ name, reason }) => ({ name, reason })),
    async dispose() {
      if (ended) return;
      ended = true;
      await inTurn(() => release(use));
    },
  };
}

async function release(use: Use): Promise<void> {
  use.users -= 1;
  // A lost engine that was started anew is no longer here, and its successor is none of its users' business.
  if (use.users > 0 || running.get(use.info.name) !== use) return;
  running.delete(use.info.name);
  await use.backend.dispose();
  await activateLast();
}

function unusable(rejected: readonly Rejection[]): BackendUnavailableError {
  if (rejected.length === 0) {
    return new BackendUnavailableError(
      'useBackend: expected at least one engine, got an empty list; pass one, such as wasm().',
    );
  }
  const reasons = rejected
    .map(({ name, reason, remedy }) => `\n  ${name}: ${[reason, remedy].filter(Boolean).join('; ')}`)
    .join('');
  return new BackendUnavailableError(`useBackend: expected a usable engine, got none of ${rejected.length}:${reasons}`);
}
