import { BackendUnavailableError } from '@sofd/core';
import { setBackend } from '@tensorflow/tfjs-core';
import type { ActiveBackend, Backend, BackendInfo } from './backend.js';
import { assertEngineComputes } from './self-test.js';

interface Use {
  readonly backend: Backend;
  readonly info: BackendInfo;
  users: number;
}

interface Rejection {
  readonly name: string;
  readonly reason: string;
  readonly remedy: string;
}

let active: Use | undefined;
let pending: Promise<unknown> = Promise.resolve();

/**
 * Makes the first usable of several engines the active one.
 *
 * Usable is an engine that starts and then computes a few known products right. An engine that is active already is reused,
 * and counted: it is disposed of when every use has ended. Calls are served one after another.
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
  const turn = pending.then(() => selectFrom(list));
  // The next call waits for this one, whether it succeeds or not.
  pending = turn.catch(() => undefined);
  return turn;
}

async function selectFrom(candidates: readonly Backend[]): Promise<ActiveBackend> {
  const rejected: Rejection[] = [];
  for (const candidate of candidates) {
    if (active?.backend.name === candidate.name) return share(active, rejected);
    const before = active;
    const attempt = await tryToUse(candidate);
    if ('info' in attempt) {
      active = { backend: candidate, info: attempt.info, users: 0 };
      return share(active, rejected);
    }
    rejected.push(attempt);
    // A failed start may have left its own engine selected.
    if (before) await setBackend(before.info.tfjsBackend);
  }
  throw unusable(rejected);
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
      use.users -= 1;
      if (use.users > 0) return;
      if (active === use) active = undefined;
      await use.backend.dispose();
    },
  };
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
