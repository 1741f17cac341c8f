import { CheckpointFormatError } from '@sofd/core';
import type { WeightArray, WeightArrays } from '../../parameters/weight-arrays.js';
import { parseGraphWeights } from './graph-weights.js';
import type { PooledStemConfig } from './pooled-stem-config.js';

type Take = (name: string, shape: readonly number[]) => Float32Array;

/** A reader of named weights that gathers what is missing or of another shape. */
function reader(weights: WeightArrays, problems: string[]): Take {
  return (name, shape) => {
    const found = weights[name];
    if (found?.shape.join() === shape.join()) return found.data;
    problems.push(`${name}: expected [${shape.join(', ')}], got ${found ? `[${found.shape.join(', ')}]` : 'nothing'}`);
    return new Float32Array(shape.reduce((product, size) => product * size, 1));
  };
}

/** A depthwise filter [3, 3, inputs, 1] with the scale of the normalisation behind it multiplied in. */
function foldScale(filter: Float32Array, scale: Float32Array): Float32Array {
  return filter.map((value, index) => value * scale[index % scale.length]!);
}

/**
 * Reads the stem's weights from the face network that lies in `@sofd/face` (`faceres`, a TensorFlow.js graph model).
 *
 * The network's batch normalisation is already folded into its dense filters; here also into its depthwise ones.
 *
 * @param config - the stem; its blocks must be those of the network
 * @param files - the two files of the graph model: topology and manifest, and the weights
 * @returns weights by parameter name (`vision.stem...`), for `createParameters(config, random, { weights })`
 * @throws CheckpointFormatError naming every missing or mis-shaped weight
 * @example
 * ```ts
 * const weights = loadPooledStem(config.vision, { json: JSON.parse(text), bin });
 * const params = createParameters(config, createRandom(1), { weights });
 * ```
 */
export function loadPooledStem(
  config: PooledStemConfig,
  files: { readonly json: unknown; readonly bin: Uint8Array },
): WeightArrays {
  const problems: string[] = [];
  const take = reader(parseGraphWeights(files.json, files.bin), problems);
  const weights: Record<string, WeightArray> = {};
  const put = (name: string, shape: readonly number[], data: Float32Array) => {
    weights[`vision.stem.${name}`] = { shape, data };
  };
  const { firstChannels, blocks } = config;
  const first = [3, 3, 3, firstChannels];
  put('first.filter', first, take('conv1/convolution/merged_input', first));
  put('first.bias', [firstChannels], take('conv1_bn/batchnorm_1/sub', [firstChannels]));
  for (const [index, { channels }] of blocks.entries()) {
    const inputs = blocks[index - 1]?.channels ?? firstChannels;
    const [spread, mixed, layer] = [[3, 3, inputs, 1], [1, 1, inputs, channels], index + 1];
    const scale = take(`conv_dw_${layer}_bn/batchnorm_1/mul`, [inputs]);
    put(
      `blocks.${index}.depthwise.filter`,
      spread,
      foldScale(take(`conv_dw_${layer}/depthwise_kernel`, spread), scale),
    );
    put(`blocks.${index}.depthwise.bias`, [inputs], take(`conv_dw_${layer}_bn/batchnorm_1/sub`, [inputs]));
    put(`blocks.${index}.pointwise.filter`, mixed, take(`conv_pw_${layer}/convolution/merged_input`, mixed));
    put(`blocks.${index}.pointwise.bias`, [channels], take(`conv_pw_${layer}_bn/batchnorm_1/sub`, [channels]));
  }
  if (problems.length > 0) {
    throw new CheckpointFormatError(
      `loadPooledStem: expected the face network of @sofd/face, got ${problems.join('; ')}; give faceres.json and faceres.bin.`,
      { problems },
    );
  }
  return weights;
}
