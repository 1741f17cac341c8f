import { type Random, ShapeMismatchError } from '@sofd/core';
import { flattenTree, type ParameterTree, type Tensor, tensorFrom } from '@sofd/tensor';
import type { ModelConfig } from '../config/model-config.js';
import { headSpecs } from '../joint-head/joint-head.js';
import { textEncoderSpecs } from '../text-encoder/text-encoder.js';
import { createVisionEncoder } from '../vision-encoder/create-vision-encoder.js';
import { buildTree, flattenSpecs, type ParameterSpec, type SpecTree } from './parameter-spec.js';
import { createTrainableFilter, type Trainable } from './trainable.js';
import type { WeightArrays } from './weight-arrays.js';

/** All parameters of a model, by name; a name never changes, for checkpoints are read by it. */
export interface ModelParameters extends ParameterTree {
  readonly vision: ParameterTree;
  readonly text: ParameterTree;
  readonly head: ParameterTree;
}

/** Shapes and initial values of all parameters of a model. */
export const modelSpecs = (config: ModelConfig): SpecTree => ({
  vision: createVisionEncoder(config.vision, config.embedDim).specs,
  text: textEncoderSpecs(config.text, config.embedDim),
  head: headSpecs(config.preset),
});

/** The initial values of one parameter. Each has a stream of its own, so that no value depends on another's shape. */
export function initialize({ shape, init }: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (init.kind === 'constant') return values.fill(init.value);
  for (let i = 0; i < values.length; i++) values[i] = random.normal(0, init.deviation);
  return values;
}

/** What does not fit between weights and the parameters of a model, one sentence a name. */
export function findWeightProblems(
  specs: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  weights: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  options: { readonly complete: boolean },
): readonly string[] {
  const describe = (shape: readonly number[]) => `[${shape.join(', ')}]`;
  const extra = Object.keys(weights).filter((name) => !specs.has(name));
  const problems = extra.map((name) => `${name}: unknown tensor`);
  for (const [name, { shape }] of specs) {
    const found = weights[name];
    if (found === undefined) {
      if (options.complete) problems.push(`${name}: missing, expected ${describe(shape)}`);
    } else if (found.shape.join() !== shape.join()) {
      problems.push(`${name}: expected ${describe(shape)}, got ${describe(found.shape)}`);
    }
  }
  return problems;
}

/**
 * New parameters of a model, with CLIP's initial deviations.
 *
 * @param config - the model
 * @param random - where the initial values come from; equal seeds give equal parameters on every engine
 * @param options - `weights`: values that take the place of initial ones, by parameter name
 * @returns a tree of float32 tensors; the caller disposes of it
 * @throws ShapeMismatchError for weights that the model has no place for
 * @example
 * ```ts
 * const params = createParameters(config, createRandom(1));
 * disposeTree(params);
 * ```
 */
export function createParameters(
  config: ModelConfig,
  random: Random,
  options: { readonly weights?: WeightArrays } = {},
): ModelParameters {
  const weights = options.weights ?? {};
  const specs = modelSpecs(config);
  const problems = findWeightProblems(flattenSpecs(specs), weights, { complete: false });
  if (problems.length > 0) {
    throw new ShapeMismatchError(
      `createParameters: expected weights of this model, got ${problems.join('; ')}; use the configuration they were made with.`,
      { problems },
    );
  }
  return buildTree(specs, (name, spec) =>
    tensorFrom(weights[name]?.data ?? initialize(spec, random.split(name)), spec.shape),
  ) as unknown as ModelParameters;
}

/** Parameters by full name, without nesting: what an optimizer is given. */
export type FlatParameters = Readonly<Record<string, Tensor>>;

/**
 * Parts the parameters into those that train and those that stay.
 *
 * @param config - the model
 * @param params - its parameters; the result shares the tensors
 * @param trainable - which of them train; all that can where left out
 * @returns both parts by full name
 * @example
 * ```ts
 * const model = defineModelConfig(modelPresets.tiny, faceForensics);
 * const { trainable } = splitParameters(model, createParameters(model, createRandom(1)), 'head');
 * Object.keys(trainable); // ['vision.projection', 'text.projection']
 * ```
 */
export function splitParameters(
  config: ModelConfig,
  params: ModelParameters,
  trainable: Trainable = 'all',
): { readonly trainable: FlatParameters; readonly frozen: FlatParameters } {
  const trains = createTrainableFilter(config, trainable);
  const entries = [...flattenTree(params)];
  return {
    trainable: Object.fromEntries(entries.filter(([name]) => trains(name))),
    frozen: Object.fromEntries(entries.filter(([name]) => !trains(name))),
  };
}

/**
 * The parameter tree of a model from flat parts; the inverse of {@link splitParameters}.
 *
 * @param config - the model
 * @param parts - records by full name that together hold every parameter
 * @throws ShapeMismatchError naming what is missing, superfluous or of another shape
 */
export function joinParameters(config: ModelConfig, ...parts: readonly FlatParameters[]): ModelParameters {
  const all: Record<string, Tensor> = Object.assign({}, ...parts);
  const specs = modelSpecs(config);
  const problems = findWeightProblems(flattenSpecs(specs), all, { complete: true });
  if (problems.length > 0) {
    throw new ShapeMismatchError(
      `joinParameters: expected all parameters of the model, got ${problems.join('; ')}; use the configuration they were made with.`,
      { problems },
    );
  }
  return buildTree(specs, (name) => all[name]!) as unknown as ModelParameters;
}
