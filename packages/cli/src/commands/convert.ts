import { readFile } from 'node:fs/promises';
import { type CheckpointManifest, checkpointManifestSchema, parseWith } from '@sofd/core';
import { loadCheckpoint } from '@sofd/model';
import { readCheckpointFolder, writeCheckpointFolder } from '@sofd/model/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandError } from '../command-error.js';

/** Options of `sofd convert`. */
export interface ConvertCommandOptions extends CommonOptions {
  /** Run or checkpoint folder. */
  readonly input: string;
  /** Checkpoint folder to write. */
  readonly output: string;
  /** evaluation.json to record in the manifest. */
  readonly evaluation?: string;
}

/** What `sofd convert` wrote. */
export interface ConvertSummary {
  readonly output: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function readEvaluation(file: string, { weights }: CheckpointManifest): Promise<Record<string, unknown>> {
  let evaluation: { model?: { sha256?: string } };
  try {
    evaluation = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CommandError(
      `convert: expected the evaluation.json of sofd eval, got ${file} that cannot be read; run sofd eval first.`,
      { cause },
    );
  }
  if (evaluation.model?.sha256 !== weights.sha256)
    throw new CommandError(
      `convert: expected an evaluation of these weights (${weights.sha256.slice(0, 12)}), got one of ${evaluation.model?.sha256?.slice(0, 12) ?? 'unknown weights'}; run sofd eval on this model.`,
    );
  return evaluation;
}

/** Writes a checkpoint folder (model.safetensors and manifest.json) from a run or another checkpoint, after checking it whole. */
export async function convert(options: ConvertCommandOptions, { log }: CommandContext): Promise<ConvertSummary> {
  const { input, output, evaluation } = options;
  const source = readCheckpointFolder(input);
  const { manifest } = await loadCheckpoint(source);
  const recorded = evaluation === undefined ? {} : { evaluation: await readEvaluation(evaluation, manifest) };
  const written = parseWith(checkpointManifestSchema, { ...manifest, ...recorded }, 'convert', CommandError);
  await writeCheckpointFolder(output, {
    'model.safetensors': await source.read('model.safetensors'),
    'manifest.json': new TextEncoder().encode(`${JSON.stringify(written, null, 2)}\n`),
  });
  const { bytes, sha256 } = manifest.weights;
  log(`${output}: ${manifest.name}, ${(bytes / 2 ** 20).toFixed(1)} MiB, sha256 ${sha256.slice(0, 12)}.`);
  return { output, name: manifest.name, bytes, sha256 };
}
