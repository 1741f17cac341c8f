/** The sizes of a CLIP model that are seen in its weights. */
export type SizeName =
  | 'imageWidth'
  | 'imagePositions'
  | 'patch'
  | 'textWidth'
  | 'contextLength'
  | 'tokens'
  | 'embedDim';

/** A size in the file: a number, a size of the model, or a multiple of one. */
export type Size = number | SizeName | readonly [factor: number, size: SizeName];

/** Where one of our parameters is in a file. `#` stands for the number of a block. */
export interface KeyRule {
  readonly parameter: string;
  /** Names in the file; several are stacked along their first axis. */
  readonly keys: readonly string[];
  /** Shape of the tensor of each key. */
  readonly shape: readonly Size[];
  /** The file's axes in the order of ours, which may then be flattened; absent where both are the same. */
  readonly axes?: readonly number[];
}

/** Where a kind of file has the parameters of a model. */
export interface KeyMap {
  readonly name: string;
  readonly rules: readonly KeyRule[];
  /** What the file may hold besides. */
  readonly ignored: readonly string[];
}

/** PyTorch's linear layers and projections keep outputs first. */
export const transposed = [1, 0] as const;
/** A convolution's kernel [outputs, channels, y, x] as the matrix [y x channels, outputs]. */
export const kernelToMatrix = [2, 3, 1, 0] as const;

/** How a kind of file names the parts of a transformer block. */
export interface BlockKeys {
  readonly norm1: string;
  readonly norm2: string;
  /** Weight and bias of queries, keys and values, in one tensor or three. */
  readonly attentionInput: readonly (readonly [weight: string, bias: string])[];
  readonly attentionOutput: string;
  readonly expand: string;
  readonly contract: string;
}

/** Gain and bias of a layer norm. */
export const normRules = (parameter: string, key: string, width: SizeName): readonly KeyRule[] => [
  { parameter: `${parameter}.gain`, keys: [`${key}.weight`], shape: [width] },
  { parameter: `${parameter}.bias`, keys: [`${key}.bias`], shape: [width] },
];

const linearRules = (parameter: string, key: string, [outputs, inputs]: readonly [Size, Size]): readonly KeyRule[] => [
  { parameter: `${parameter}.weight`, keys: [`${key}.weight`], shape: [outputs, inputs], axes: transposed },
  { parameter: `${parameter}.bias`, keys: [`${key}.bias`], shape: [outputs] },
];

/** The blocks of one of the two transformers. */
export function blockRules(tower: 'vision' | 'text', prefix: string, block: BlockKeys): readonly KeyRule[] {
  const width = tower === 'vision' ? 'imageWidth' : 'textWidth';
  const parameter = `${tower}.blocks.#`;
  const key = (name: string) => `${prefix}.#.${name}`;
  const { attentionInput } = block;
  const rows = [3 / attentionInput.length, width] as const;
  return [
    ...normRules(`${parameter}.norm1`, key(block.norm1), width),
    {
      parameter: `${parameter}.attention.input.weight`,
      keys: attentionInput.map(([weight]) => key(weight)),
      shape: [rows, width],
      axes: transposed,
    },
    {
      parameter: `${parameter}.attention.input.bias`,
      keys: attentionInput.map(([, bias]) => key(bias)),
      shape: [rows],
    },
    ...linearRules(`${parameter}.attention.output`, key(block.attentionOutput), [width, width]),
    ...normRules(`${parameter}.norm2`, key(block.norm2), width),
    ...linearRules(`${parameter}.expand`, key(block.expand), [[4, width], width]),
    ...linearRules(`${parameter}.contract`, key(block.contract), [width, [4, width]]),
  ];
}
