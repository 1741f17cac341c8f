import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  AbortedError,
  type CheckpointManifest,
  checkpointManifestSchema,
  type LabelGraph,
  parseWith,
  type WeightPrecision,
} from '@sofd/core';
import {
  buildCheckpoint,
  type Checkpoint,
  deriveClipTokenizer,
  loadCheckpoint,
  memoryCheckpoint,
  type ReadParameter,
  readClipVocabulary,
} from '@sofd/model';
import { encodeOpenAiWeights, findClip, openWeightFile } from '@sofd/model/convert';
import {
  openFileSource,
  openWeights,
  readCheckpointFolder,
  type Weights,
  writeCheckpointFolder,
  writeFileAtomically,
} from '@sofd/model/node';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { activateEngine } from '../engine.js';
import { describeModelInput } from '../model-input.js';
import { readLabelGraph } from '../read-label-graph.js';

/** Options of `sofd convert`. */
export interface ConvertCommandOptions extends CommonOptions {
  /** Run or checkpoint folder; or CLIP weights that others trained: a file of PyTorch or safetensors, a Hugging Face folder. */
  readonly input: string;
  /** Checkpoint folder to write; with `to: 'openai'` the file. */
  readonly output: string;
  /** What to write: a checkpoint, or its weights as safetensors in OpenAI's names, for PyTorch. @default 'sofd' */
  readonly to?: 'sofd' | 'openai';
  /** How to store the weights; `float32` for weights of others, a checkpoint's as they are, when left out. */
  readonly weights?: WeightPrecision;
  /** evaluation.json to record in the manifest of a run or checkpoint. */
  readonly evaluation?: string;
  /** Label graph of other people's weights: the name of a published one, or a JSON file. @default 'faceForensics' */
  readonly graph?: string;
  /** How their embeddings become logits. @default 'official' */
  readonly preset?: 'official' | 'cosine';
  /** Side of their images, pixels, for which the position embeddings are resampled; that of the weights when left out. */
  readonly imageSize?: number;
  /** Files of CLIP's vocabulary, for prompts with other words than the published graphs have. */
  readonly tokenizer?: readonly string[];
}

/** What `sofd convert` wrote. */
export interface ConvertSummary {
  readonly output: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What shorter weights change in the known answer. */
  readonly difference?: CheckpointManifest['weights']['difference'];
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

/** Ids of the prompts: by the vocabulary that was given or lies beside the weights; the published graphs need none. */
async function readTokenizer({ prompts }: LabelGraph, files: readonly string[], beside: readonly Uint8Array[]) {
  const given = await Promise.all(
    files.map(async (file) => {
      try {
        return new Uint8Array(await readFile(file));
      } catch (cause) {
        throw new CommandError(
          `convert: expected a file as --tokenizer, got ${file} that cannot be read; check the path.`,
          { cause },
        );
      }
    }),
  );
  const contents = given.length > 0 ? given : beside;
  return contents.length === 0
    ? deriveClipTokenizer(prompts)
    : deriveClipTokenizer(prompts, { vocabulary: await readClipVocabulary(contents) });
}

/** A checkpoint of weights that others trained. Its decision is not fitted to any data: half is the threshold. */
async function buildFromWeights(
  weights: Weights,
  options: ConvertCommandOptions,
  { progress, signal, log }: CommandContext,
) {
  const { input, preset = 'official' } = options;
  const graph = await readLabelGraph(options.graph ?? 'faceForensics', 'convert');
  const tokenizer = await readTokenizer(graph, options.tokenizer ?? [], weights.vocabulary);
  const { architecture } = weights;
  const { name: engine } = await activateEngine(options.engine);
  const { config, readParameter } = findClip(weights.file, graph, {
    preset,
    tokenizer,
    ...(architecture === undefined ? {} : { architecture }),
    ...(options.imageSize === undefined ? {} : { imageSize: options.imageSize }),
    onParameter: (done, total) => {
      if (signal.aborted)
        throw new AbortedError(
          'convert: expected to run to its end, got a signal to stop; nothing was written, start it again.',
        );
      progress({ stage: 'weights', done, total });
    },
  });
  const modelInput = describeModelInput(config);
  log(
    `${input}: ${weights.file.format}, ${config.vision.kind} of ${modelInput.imageSize} pixels, ${graph.labels.length} labels.`,
  );
  return buildCheckpoint({
    name: basename(input).replace(/\.(pt|pth|safetensors)$/i, ''),
    graph,
    config,
    params: readParameter,
    ...(options.weights === undefined ? {} : { precision: options.weights }),
    input: modelInput,
    calibration: { kind: 'identity' },
    thresholds: { fake: 0.5, labels: Object.fromEntries(graph.labels.map((label) => [label, 0.5])) },
    licence: {
      weights: `that of ${basename(input)}`,
      data: 'unknown',
      note: `Converted from ${basename(input)}, whose terms hold.`,
    },
    training: { convertedFrom: { file: basename(input), format: weights.file.format, engine } },
  });
}

const summarize = (
  output: string,
  { name, weights: { bytes, sha256, difference } }: CheckpointManifest,
): ConvertSummary => ({ output, name, bytes, sha256, ...(difference === undefined ? {} : { difference }) });

async function convertWeights(options: ConvertCommandOptions, context: CommandContext): Promise<ConvertSummary> {
  const { input, output, evaluation, to } = options;
  if (evaluation !== undefined || to === 'openai')
    throw new CommandError(
      `convert: expected a run or checkpoint folder for --evaluation and --to openai, got ${input}; convert it into a checkpoint folder first.`,
    );
  const weights = await openWeights(input);
  try {
    const { manifest, files } = await buildFromWeights(weights, options, context);
    await writeCheckpointFolder(output, files);
    return summarize(output, manifest);
  } finally {
    await weights.close();
  }
}

/** Writes a file that is made while it is written. */
async function writeParts(
  path: string,
  parts: Iterable<Uint8Array>,
): Promise<Pick<ConvertSummary, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  function* watch(): Generator<Uint8Array> {
    for (const part of parts) {
      hash.update(part);
      bytes += part.length;
      yield part;
    }
  }
  await writeFileAtomically(path, watch());
  return { bytes, sha256: hash.digest('hex') };
}

/** Refuses what does not go together for a checkpoint. */
function assertFits({ input, to, evaluation, weights, ...rest }: ConvertCommandOptions): void {
  const flags = { graph: '--graph', preset: '--preset', imageSize: '--image-size', tokenizer: '--tokenizer' } as const;
  const own = (Object.keys(flags) as (keyof typeof flags)[]).filter((name) => rest[name] !== undefined);
  if (own.length > 0)
    throw new CommandError(
      `convert: expected no ${own.map((name) => flags[name]).join(', ')} for a checkpoint, which has its own, got ${input}; leave it out.`,
    );
  if (weights === undefined) return;
  if (to === 'openai')
    throw new CommandError(
      `convert: expected no --weights with --to openai, which writes float32, got ${weights}; leave it out.`,
    );
  if (evaluation !== undefined)
    throw new CommandError(
      `convert: expected an evaluation of the weights that are written, got --evaluation with --weights ${weights}; convert, run sofd eval on the result, and convert that with --evaluation.`,
    );
}

/** A checkpoint whose weights are stored in another precision; how well it does is to be measured again. */
async function reduceCheckpoint(
  { manifest, graph, config }: Omit<Checkpoint, 'tensors'>,
  { input, output, weights: precision, engine }: ConvertCommandOptions & { readonly weights: WeightPrecision },
): Promise<ConvertSummary> {
  const { precision: stored = 'float32' } = manifest.weights;
  if (stored !== 'float32')
    throw new CommandError(
      `convert: expected a checkpoint of float32 weights for --weights ${precision}, got ${stored} in ${input}; convert the one that it was made of.`,
    );
  await activateEngine(engine);
  const source = await openFileSource(join(input, manifest.weights.file));
  try {
    const { tensors } = await openWeightFile(source);
    const params: ReadParameter = async (name, target) => {
      // The file was found whole, so that it has the tensor, as float32.
      const place = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      place.set(await tensors.get(name)!.read(undefined, place));
    };
    const { evaluation: _, ...rest } = manifest;
    const built = await buildCheckpoint({ ...rest, graph, config, params, precision });
    await writeCheckpointFolder(output, built.files);
    return summarize(output, built.manifest);
  } finally {
    await source.close();
  }
}

async function convertCheckpoint(options: ConvertCommandOptions): Promise<ConvertSummary> {
  const { input, output, to = 'sofd', evaluation, weights: precision } = options;
  assertFits(options);
  const source = readCheckpointFolder(input);
  if (precision !== undefined) {
    const { tensors: _, ...checkpoint } = await loadCheckpoint(source);
    return reduceCheckpoint(checkpoint, { ...options, weights: precision });
  }
  const weights = await source.read('model.safetensors');
  const files = { 'manifest.json': await source.read('manifest.json'), 'model.safetensors': weights };
  const { manifest, config, tensors } = await loadCheckpoint(memoryCheckpoint(files));
  if (to === 'openai')
    return { output, name: manifest.name, ...(await writeParts(output, encodeOpenAiWeights(config, tensors))) };
  const recorded = evaluation === undefined ? {} : { evaluation: await readEvaluation(evaluation, manifest) };
  const written = parseWith(checkpointManifestSchema, { ...manifest, ...recorded }, 'convert', CommandError);
  await writeCheckpointFolder(output, {
    'model.safetensors': weights,
    'manifest.json': new TextEncoder().encode(`${JSON.stringify(written, null, 2)}\n`),
  });
  return summarize(output, manifest);
}

/**
 * Writes a checkpoint folder (model.safetensors and manifest.json) from a run, another checkpoint or CLIP weights that
 * others trained, after checking them whole; or the weights of a checkpoint for PyTorch.
 */
export async function convert(options: ConvertCommandOptions, context: CommandContext): Promise<ConvertSummary> {
  const isFolder = (await stat(options.input).catch(() => undefined))?.isDirectory() ?? false;
  const hasManifest =
    isFolder && (await stat(join(options.input, 'manifest.json')).catch(() => undefined)) !== undefined;
  const summary = hasManifest ? await convertCheckpoint(options) : await convertWeights(options, context);
  const { output, name, bytes, sha256, difference } = summary;
  context.log(`${output}: ${name}, ${(bytes / 2 ** 20).toFixed(1)} MiB, sha256 ${sha256.slice(0, 12)}.`);
  if (difference !== undefined)
    context.log(
      `Logits of the known answer differ from those of float32 weights by at most ${difference.maxLogitDifference.toPrecision(2)}; the largest is ${difference.maxLogit.toPrecision(3)}.`,
    );
  return summary;
}
