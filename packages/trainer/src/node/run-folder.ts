import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@sofd/model/node';
import { decodeRunState, encodeRunState, type RunState } from '../index.js';

/** A folder that keeps a run: its state, and a line a step. */
export interface RunFolder {
  /** The state that was saved last; null where there is none. */
  load(): Promise<RunState | null>;
  /** Keeps a state. An interruption at any moment leaves the state before or this one, whole. */
  save(state: RunState): Promise<void>;
}

const names = { state: 'state.safetensors', metrics: 'metrics.jsonl' } as const;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * Keeps a run in a folder: `state.safetensors` to resume from, and `metrics.jsonl` with a record of every step.
 *
 * @param folder - made where it does not exist
 * @returns functions for `train`
 * @example
 * ```ts
 * const run = await openRunFolder('demo-output/run');
 * const resumeFrom = await run.load();
 * await train({ ...options, saveEvery: 20, save: run.save, ...(resumeFrom ? { resumeFrom } : {}) });
 * ```
 */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  await mkdir(folder, { recursive: true });
  return {
    async load() {
      try {
        return decodeRunState(new Uint8Array(await readFile(join(folder, names.state))));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async save(state) {
      // The state holds the records too, so metrics.jsonl can never be ahead of what a resumption repeats.
      await writeFileAtomically(join(folder, names.state), encodeRunState(state));
      await writeFileAtomically(
        join(folder, names.metrics),
        state.history.map((record) => `${JSON.stringify(record)}\n`).join(''),
      );
    },
  };
}
