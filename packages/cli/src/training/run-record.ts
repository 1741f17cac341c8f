import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWith } from '@sofd/core';
import type { Checkpoint } from '@sofd/model';
import { writeFileAtomically } from '@sofd/model/node';
import * as v from 'valibot';
import { CommandError } from '../command-error.js';
import type { ExperimentFile } from './experiment-file.js';

const experimentFileName = 'experiment.json';
const recordFileName = 'run.json';

const recordSchema = v.strictObject({
  /** ISO 8601. */
  started: v.string(),
  engine: v.string(),
  /** Digest of the data set. */
  dataset: v.string(),
  /** SHA-256 of the weights that the run starts from. */
  initialCheckpoint: v.nullable(v.string()),
  /** Names of the values that the experiment file exports as `overrides`. */
  overrides: v.record(v.string(), v.string()),
});

/** What a run was started with beside its experiment. */
export type RunRecord = v.InferOutput<typeof recordSchema>;

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Names of overrides: what a run can be held to, since functions cannot be compared. */
export const nameOverrides = ({ weighting, loss, evaluate }: ExperimentFile['overrides']): Record<string, string> => {
  const names = { weighting: weighting?.name, loss: loss?.name, evaluate: evaluate?.name };
  return Object.fromEntries(Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/**
 * Writes the resolved experiment into a run folder, or holds a run that continues to the one that is there.
 *
 * @throws {CommandError} where the folder holds a run of another experiment
 */
export async function claimRunFolder(output: string, experiment: unknown, resume: boolean): Promise<void> {
  await mkdir(output, { recursive: true });
  const path = join(output, experimentFileName);
  const text = `${JSON.stringify(experiment, null, 2)}\n`;
  const before = resume ? await readText(path) : null;
  if (before !== null && before !== text)
    throw new CommandError(
      `train: expected the experiment that ${output} was started with (its ${experimentFileName}), got another${describeDifference(before, text)}; resume with that one or choose another folder.`,
    );
  if (before === null) await writeFileAtomically(path, text);
}

/** The first line in which two files differ, for a person who asks what changed. */
function describeDifference(before: string, after: string): string {
  const theirs = before.split('\n');
  const ours = after.split('\n');
  const line = theirs.findIndex((text, index) => text !== ours[index]);
  const show = (text: string | undefined) => (text ?? 'nothing').trim().replace(/,$/, '');
  return line < 0 ? '' : ` (${show(ours[line])} where it has ${show(theirs[line])})`;
}

/** What the run in a folder was started with; null where none was. */
export async function readRunRecord(output: string): Promise<RunRecord | null> {
  const text = await readText(join(output, recordFileName));
  return text === null ? null : parseWith(recordSchema, JSON.parse(text), join(output, recordFileName), CommandError);
}

/**
 * Records what a run starts with, or holds a run that continues to what it was started with.
 *
 * @returns the record of the start
 * @throws {CommandError} where the initial checkpoint, the data or the names of overrides have changed
 */
export async function recordRun(
  output: string,
  now: Omit<RunRecord, 'started' | 'initialCheckpoint'> & { readonly checkpoint: Checkpoint | undefined },
  { resume, log }: { readonly resume: boolean; readonly log: (line: string) => void },
): Promise<RunRecord> {
  const { checkpoint, ...rest } = now;
  const initialCheckpoint = checkpoint?.manifest.weights.sha256 ?? null;
  const record = { started: new Date().toISOString(), ...rest, initialCheckpoint };
  const before = resume ? await readRunRecord(output) : null;
  if (before === null) {
    await writeFileAtomically(join(output, recordFileName), `${JSON.stringify(record, null, 2)}\n`);
    return record;
  }
  const show = (value: unknown) => (typeof value === 'string' ? value.slice(0, 16) : JSON.stringify(value));
  const changed = (['initialCheckpoint', 'dataset', 'overrides'] as const).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(record[key]),
  );
  if (changed.length > 0)
    throw new CommandError(
      `train: expected what ${output} was started with (its ${recordFileName}), got ${changed
        .map((key) => `another ${key} (${show(record[key])} where it has ${show(before[key])})`)
        .join(', ')}; put it back or choose another folder.`,
    );
  if (before.engine !== record.engine)
    log(
      `The run was started on ${before.engine} and goes on on ${record.engine}: its numbers will differ in their last digits.`,
    );
  return before;
}
