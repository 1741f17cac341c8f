import {
  CheckpointFormatError,
  type CheckpointManifest,
  checkpointManifestSchema,
  formatProblems,
  type Progress,
  parseLabelGraph,
  parseWith,
  SofdError,
  throwIfAborted,
} from '@sofd/core';
import { decodeSafetensors, type SafetensorsInfo } from '@sofd/tensor';
import { parseModelConfig } from '../config/model-config.js';
import { visionEncoderOf } from '../encode.js';
import { findWeightProblems } from '../parameters/model-parameters.js';
import type { Checkpoint } from './checkpoint.js';
import type { CheckpointSource } from './checkpoint-source.js';
import { decodeWeights } from './decode-weights.js';
import { computeSha256 } from './sha256.js';
import { describeStoredTensors } from './stored-tensors.js';

const where = 'loadCheckpoint';

/** Options of `loadCheckpoint`. */
export interface LoadOptions {
  /**
   * Told how many bytes of the weights have arrived, of how many, as the stage `model`. The last event comes when all has
   * been checked.
   */
  readonly onProgress?: Progress | undefined;
  /** Ends the loading early. */
  readonly signal?: AbortSignal | undefined;
}

function parseManifest(bytes: Uint8Array): CheckpointManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointFormatError(
      `${where}: expected JSON in manifest.json, got ${bytes.length} bytes that are not (${reason}); write the checkpoint again.`,
      { cause },
    );
  }
  // The version decides what the rest may look like, so it is looked at first.
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown };
  if (format === 'sofd-checkpoint' && version !== 1) {
    throw new CheckpointFormatError(
      `${where}: expected version 1 in manifest.json, got ${JSON.stringify(version)}; use the version of sofd that wrote it.`,
    );
  }
  return parseWith(checkpointManifestSchema, json, 'manifest.json', CheckpointFormatError);
}

/** Runs a check and notes its problems, so that those of the next one are seen too. */
function attempt<T>(problems: string[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!SofdError.isInstance(error)) throw error;
    problems.push(...(error.problems.length > 0 ? error.problems : [error.message]));
    return undefined;
  }
}

/** What does not fit between the file and what it must hold: parameters, their scales, the tensors that the manifest names. */
function findTensorProblems(
  tensors: Readonly<Record<string, SafetensorsInfo>>,
  { manifest, graph, config }: Omit<Checkpoint, 'tensors'>,
): readonly string[] {
  const extras = {
    textEmbeddings: manifest.textEmbeddings.tensor,
    knownAnswerInput: manifest.knownAnswer.input.tensor,
  };
  const { precision = 'float32' } = manifest.weights;
  const expected = describeStoredTensors({ graph, config, precision, extras });
  const mistyped = Object.entries(tensors).flatMap(([name, { dtype }]) => {
    const wanted = expected.get(name)?.dtype ?? dtype;
    return wanted === dtype ? [] : `${name}: expected ${wanted} in a file of ${precision} weights, got ${dtype}`;
  });
  return [...mistyped, ...findWeightProblems(expected, tensors, { complete: true })];
}

async function findFileProblems({ weights }: CheckpointManifest, bytes: Uint8Array): Promise<readonly string[]> {
  if (bytes.length !== weights.bytes) return [`${weights.file}: expected ${weights.bytes} bytes, got ${bytes.length}`];
  const sha256 = await computeSha256(bytes);
  return sha256 === weights.sha256 ? [] : [`${weights.file}: expected SHA-256 ${weights.sha256}, got ${sha256}`];
}

/** The weights, with progress up to the last byte; that one is for {@link loadCheckpoint} to report. */
async function readWeights(
  source: CheckpointSource,
  { file, bytes: total, sha256 }: CheckpointManifest['weights'],
  { onProgress, signal }: LoadOptions,
): Promise<Uint8Array> {
  const report = (done: number) => {
    if (done < total) onProgress?.({ stage: 'model', done, total });
  };
  report(0);
  const weights = await source.read(file, { expected: { bytes: total, sha256 }, onBytes: report, signal });
  throwIfAborted(signal, where);
  return weights;
}

/**
 * Reads a checkpoint and checks all of it before any of it is used.
 *
 * @param source - where the files come from: a folder, a web server, memory
 * @param options - `onProgress` and `signal`
 * @returns the checkpoint, off the device; its weights are float32 whatever the precision that they are stored in
 * @throws CheckpointFormatError for a damaged or incomplete checkpoint, with all problems that can be seen at once
 * @throws AbortedError when `signal` is aborted
 * @example
 * ```ts
 * let percent = 0;
 * const checkpoint = await loadCheckpoint(fetchCheckpoint('/models/demo/'), {
 *   onProgress: ({ done, total }) => (percent = (100 * done) / total), // bytes of the weights
 *   signal: AbortSignal.timeout(600_000),
 * });
 * percent; // 100
 * checkpoint.graph.labels[0]; // 'fake'
 * ```
 */
export async function loadCheckpoint(source: CheckpointSource, options: LoadOptions = {}): Promise<Checkpoint> {
  const { signal, onProgress } = options;
  throwIfAborted(signal, where);
  const manifest = parseManifest(await source.read('manifest.json', { signal }));
  const problems: string[] = [];
  const graph = attempt(problems, () => parseLabelGraph(manifest.labelGraph, 'manifest.json labelGraph'));
  const config = attempt(problems, () => parseModelConfig(manifest.model));
  const bytes = await readWeights(source, manifest.weights, options);
  problems.push(...(await findFileProblems(manifest, bytes)));
  const decoded = attempt(problems, () => decodeSafetensors(bytes));
  if (graph && config) {
    const { imageSize } = visionEncoderOf(config);
    if (manifest.input.imageSize !== imageSize) {
      problems.push(
        `manifest.json input.imageSize: expected ${imageSize} as in model.vision, got ${manifest.input.imageSize}`,
      );
    }
    if (decoded) problems.push(...findTensorProblems(decoded.tensors, { manifest, graph, config }));
  }
  if (problems.length > 0 || !graph || !config || !decoded) {
    throw new CheckpointFormatError(`${formatProblems(where, problems)}\nFetch or write the checkpoint again.`, {
      problems,
    });
  }
  const tensors = decodeWeights(decoded.tensors);
  const { bytes: total } = manifest.weights;
  onProgress?.({ stage: 'model', done: total, total, note: manifest.name });
  return { manifest, graph, config, tensors };
}
