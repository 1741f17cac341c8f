import type { Random } from '@sofd/core';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { ModelConfig } from '../config/model-config.js';
import type { TokenizerConfig } from '../tokenizer/tokenizer-config.js';
import { createParameters, initialize, type ModelParameters, modelSpecs } from './model-parameters.js';
import { flattenSpecs, type ParameterSpec } from './parameter-spec.js';
import type { WeightArray } from './weight-arrays.js';

/** What a model took over from a checkpoint, by parameter name. */
export interface AdaptationReport {
  /** Taken over whole. */
  readonly taken: readonly string[];
  /** Tables that have new rows, for words or positions that the checkpoint does not know. */
  readonly extended: readonly { readonly name: string; readonly newRows: number; readonly rows: number }[];
  /** New: not in the checkpoint (`found: null`), or there of another shape. */
  readonly fresh: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly found: readonly number[] | null;
  }[];
}

const identity = (count: number): readonly number[] => Array.from({ length: count }, (_, row) => row);

/** Which row of the old token embedding each row of the new one is; -1 for none. */
function matchTokens(from: TokenizerConfig, to: TokenizerConfig): readonly number[] {
  if (to.kind === 'clip') return identity(from.kind === 'clip' && from.size === to.size ? to.size : 0);
  return from.kind === 'words' ? to.vocabulary.map((word) => from.vocabulary.indexOf(word)) : [];
}

/** The rows that the tables of the text encoder share, by parameter name. */
const matchRows = (from: ModelConfig, to: ModelConfig): Readonly<Record<string, readonly number[]>> => ({
  'text.tokenEmbedding': matchTokens(from.text.tokenizer, to.text.tokenizer),
  'text.positions': identity(Math.min(from.text.contextLength, to.text.contextLength)),
});

const isSameShape = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** A table of initial values in which the rows that are known take the place of new ones. */
function extendTable(
  { shape, init }: ParameterSpec,
  stored: WeightArray,
  { rows, random }: { readonly rows: readonly number[]; readonly random: Random },
): WeightArray {
  const data = initialize({ shape, init }, random);
  const width = shape[1]!;
  for (const [row, old] of rows.entries())
    if (old >= 0) data.set(stored.data.subarray(old * width, (old + 1) * width), row * width);
  return { shape, data };
}

/**
 * Parameters of a model that start from those of a checkpoint: what has the same name and shape is taken over, tokens by
 * their word and positions by their index, and the rest is drawn as {@link createParameters} would.
 *
 * @param checkpoint - from `loadCheckpoint`
 * @param config - the model to train, from {@link adaptModelConfig} or your own
 * @param random - where new values come from
 * @returns a tree of float32 tensors that the caller disposes of, and what was taken, extended and new
 * @example
 * ```ts
 * const checkpoint = await loadCheckpoint(source);
 * const config = adaptModelConfig(checkpoint.config, ffsc);
 * const { params, report } = adaptParameters(checkpoint, config, createRandom(1));
 * report.fresh.length; // 0
 * report.extended[0]?.name; // 'text.tokenEmbedding'
 * disposeTree(params);
 * ```
 */
export function adaptParameters(
  checkpoint: Pick<Checkpoint, 'config' | 'tensors'>,
  config: ModelConfig,
  random: Random,
): { readonly params: ModelParameters; readonly report: AdaptationReport } {
  const tables = matchRows(checkpoint.config, config);
  const weights: Record<string, WeightArray> = {};
  const [taken, extended, fresh]: [
    string[],
    AdaptationReport['extended'][number][],
    AdaptationReport['fresh'][number][],
  ] = [[], [], []];
  for (const [name, spec] of flattenSpecs(modelSpecs(config))) {
    const stored = checkpoint.tensors[name];
    const rows = tables[name];
    const { shape } = spec;
    const isWhole = rows === undefined || (rows.length === shape[0] && rows.every((old, row) => old === row));
    if (stored && isWhole && isSameShape(stored.shape, shape)) {
      weights[name] = stored;
      taken.push(name);
    } else if (stored && rows?.some((old) => old >= 0) && stored.shape[1] === shape[1]) {
      weights[name] = extendTable(spec, stored, { rows, random: random.split(name) });
      extended.push({ name, newRows: shape[0]! - rows.filter((old) => old >= 0).length, rows: shape[0]! });
    } else fresh.push({ name, shape, found: stored?.shape ?? null });
  }
  return { params: createParameters(config, random, { weights }), report: { taken, extended, fresh } };
}
