import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightArrays } from '@sofd/model';
import { writeFileAtomically } from '@sofd/model/node';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '@sofd/tensor';
import {
  type BestParameters,
  decodeRunState,
  encodeRunState,
  type RunState,
  rankValidations,
  type StepRecord,
} from '../index.js';

/** How a run folder chooses what it keeps. */
export interface RunFolderOptions {
  /** How many of the best parameters stay; 0 where not given. */
  readonly keepBest?: number;
  /** The validation metric that says which are the best, more being better; `auc` where not given. */
  readonly monitor?: string;
}

/** A folder that keeps a run: its state, a line a step, its best parameters. */
export interface RunFolder {
  /**
   * The state that was saved last; null where there is none. Records of later steps, which the run will repeat, are
   * taken out of `metrics.jsonl`.
   */
  load(): Promise<RunState | null>;
  /** Appends a record to `metrics.jsonl`; a failure to write shows in the next `save`. */
  record(record: StepRecord): void;
  /** Keeps a state. An interruption at any moment leaves the state before or this one, whole. */
  save(state: RunState): Promise<void>;
  /** Keeps parameters in `best`, where they stay as long as they are among the best of the states saved. */
  saveBest(best: BestParameters): Promise<void>;
  /** The best parameters that are kept, the best first. */
  loadBest(state: RunState): Promise<readonly BestParameters[]>;
  /** Ends the writing of records. */
  close(): Promise<void>;
}

const names = { state: 'state.safetensors', metrics: 'metrics.jsonl', best: 'best' } as const;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The content of a file, or null where there is none. */
async function readIfPresent(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const bestFile = (step: number): string => `step-${String(step).padStart(6, '0')}.safetensors`;
const stepOfFile = (file: string): number => Number(/^step-(\d+)\.safetensors$/.exec(file)?.[1] ?? Number.NaN);

function encodeWeights(weights: WeightArrays): Uint8Array {
  const tensors = Object.entries(weights).map(([name, { shape, data }]): [string, SafetensorsTensor] => [
    name,
    { dtype: 'F32', shape, data },
  ]);
  return encodeSafetensors(Object.fromEntries(tensors));
}

/** Takes the records after a step out of a file, and a line that was not finished. */
async function truncateRecords(path: string, lastStep: number): Promise<void> {
  const bytes = await readIfPresent(path);
  if (bytes === null) return;
  const text = new TextDecoder().decode(bytes);
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const kept = lines.filter((line) => line !== '' && (JSON.parse(line) as StepRecord).step <= lastStep);
  const content = kept.map((line) => `${line}\n`).join('');
  if (content !== text) await writeFileAtomically(path, content);
}

/** Appends lines one after the other; remembers the first failure until it is asked. */
function createAppender(path: string) {
  let file: Promise<FileHandle> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const then = (work: (handle: FileHandle) => Promise<unknown>) => {
    file ??= open(path, 'a');
    const opened = file;
    last = last.then(async () => work(await opened));
    last.catch(() => undefined); // `flush` throws it
  };
  return {
    append: (line: string) => then((handle) => handle.appendFile(line)),
    async flush() {
      if (file) then((handle) => handle.sync());
      await last;
    },
    async close() {
      await last.catch(() => undefined);
      await (await file)?.close();
      file = undefined;
      last = Promise.resolve();
    },
  };
}

/**
 * Keeps a run in a folder: `state.safetensors` to resume from, `metrics.jsonl` with a record of every step, and the best
 * parameters in `best`.
 *
 * @param folder - made where it does not exist
 * @param options - how many of the best parameters stay
 * @returns functions for `train`
 * @example
 * ```ts
 * const run = await openRunFolder('demo-output/run');
 * const resumeFrom = await run.load();
 * await train({ ...options, saveEvery: 20, save: run.save, onStep: run.record, ...(resumeFrom ? { resumeFrom } : {}) });
 * await run.close();
 * ```
 */
export async function openRunFolder(folder: string, options: RunFolderOptions = {}): Promise<RunFolder> {
  const { keepBest = 0, monitor = 'auc' } = options;
  const path = (name: keyof typeof names) => join(folder, names[name]);
  await mkdir(folder, { recursive: true });
  const records = createAppender(path('metrics'));
  const best = ({ validations }: RunState) => rankValidations(validations, monitor).slice(0, keepBest);
  return {
    async load() {
      await records.close();
      const bytes = await readIfPresent(path('state'));
      const state = bytes === null ? null : decodeRunState(bytes);
      await truncateRecords(path('metrics'), state?.step ?? 0);
      return state;
    },
    record: (record) => records.append(`${JSON.stringify(record)}\n`),
    async save(state) {
      // Records first: what the state says is done must be in them.
      await records.flush();
      await writeFileAtomically(path('state'), encodeRunState(state));
      const kept = new Set(best(state).map(({ step }) => bestFile(step)));
      const present = await readdir(path('best')).catch(() => []);
      const gone = present.filter((file) => stepOfFile(file) <= state.step && !kept.has(file));
      for (const file of gone) await rm(join(path('best'), file));
    },
    async saveBest({ validation, trainable }) {
      await mkdir(path('best'), { recursive: true });
      await writeFileAtomically(join(path('best'), bestFile(validation.step)), encodeWeights(trainable));
    },
    async loadBest(state) {
      const found = best(state).map(async (validation) => {
        const { tensors } = decodeSafetensors(
          new Uint8Array(await readFile(join(path('best'), bestFile(validation.step)))),
        );
        return { validation, trainable: tensors as WeightArrays };
      });
      return Promise.all(found);
    },
    close: records.close,
  };
}
