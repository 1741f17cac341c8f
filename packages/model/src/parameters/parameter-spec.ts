import type { ParameterTree, Tensor } from '@sofd/tensor';

/** How a parameter starts: normally distributed around zero, or one value everywhere. */
export type Initializer =
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number };

/** The shape of one parameter and how it starts. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly init: Initializer;
}

/** Parameters before there are tensors: a component states its tree once, and shapes, types and initial values follow. */
export interface SpecTree {
  readonly [key: string]: SpecNode;
}
type SpecNode = ParameterSpec | SpecTree | readonly SpecTree[];

/** The parameters that a tree of specs describes: the same keys, with a tensor for each spec. */
export type ParametersOf<Specs> = Specs extends ParameterSpec
  ? Tensor
  : Specs extends readonly (infer Item)[]
    ? readonly ParametersOf<Item>[]
    : { readonly [Key in keyof Specs]: ParametersOf<Specs[Key]> };

/** A parameter of shape `shape` that starts with independent normal draws of the given standard deviation. */
export const normal = (shape: readonly number[], deviation: number): ParameterSpec => ({
  shape,
  init: { kind: 'normal', deviation },
});

/** A parameter of shape `shape` that starts with one value everywhere. */
export const constant = (shape: readonly number[], value: number): ParameterSpec => ({
  shape,
  init: { kind: 'constant', value },
});

/** Gain and bias of a layer norm over `width` numbers. */
export const normSpecs = (width: number) => ({ gain: constant([width], 1), bias: constant([width], 0) });

/** A linear layer whose bias starts at zero. */
export const linearSpecs = (inputs: number, outputs: number, deviation: number) => ({
  weight: normal([inputs, outputs], deviation), // [inputs, outputs]
  bias: constant([outputs], 0),
});

export const isSpec = (node: SpecNode): node is ParameterSpec => 'init' in node && 'shape' in node;

function* walk(node: SpecNode, path: string): Generator<[string, ParameterSpec]> {
  if (isSpec(node)) {
    yield [path, node];
    return;
  }
  for (const [key, child] of Object.entries(node)) yield* walk(child as SpecNode, path === '' ? key : `${path}.${key}`);
}

/**
 * All specs of a tree by name, in the order of `flattenTree`: `'vision.blocks.0.norm1.gain'`.
 *
 * @param specs - the tree
 */
export function flattenSpecs(specs: SpecTree): ReadonlyMap<string, ParameterSpec> {
  return new Map(walk(specs, ''));
}

/**
 * A parameter tree with the keys of `specs`.
 *
 * @param specs - the tree to follow
 * @param create - makes the tensor of one parameter from its name and spec
 */
export function buildTree<Specs extends SpecTree>(
  specs: Specs,
  create: (name: string, spec: ParameterSpec) => Tensor,
): ParametersOf<Specs> {
  const build = (node: SpecNode, path: string): Tensor | ParameterTree | readonly ParameterTree[] => {
    if (isSpec(node)) return create(path, node);
    const child = (key: string | number, value: SpecNode) => build(value, path === '' ? `${key}` : `${path}.${key}`);
    if (Array.isArray(node)) return node.map((item: SpecTree, index) => child(index, item) as ParameterTree);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, child(key, value as SpecNode)]));
  };
  return build(specs, '') as ParametersOf<Specs>;
}
