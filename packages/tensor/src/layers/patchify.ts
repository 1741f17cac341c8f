import { ShapeMismatchError } from '@sofd/core';
import { reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';

/**
 * Cuts images into square patches and lays each out as a row, in the order row, column, channel.
 *
 * Followed by a matrix product this is the patch embedding of a vision transformer, without a convolution.
 *
 * @param images - `[batch, height, width, channels]`
 * @param patchSize - pixels; divides height and width.
 * @returns `[batch, patches, patchSize * patchSize * channels]`, patches row by row.
 * @throws ShapeMismatchError when the patches do not tile the images.
 * @example
 * ```ts
 * import { patchify, readTensor, tensor, useBackend } from '@sofd/tensor';
 * import { reference } from '@sofd/tensor/reference';
 *
 * await useBackend(reference());
 * const image = tensor([[[[1], [2], [3], [4]], [[5], [6], [7], [8]]]]); // 2 by 4 pixels of one channel
 * await readTensor(patchify(image, 2)); // Float32Array [1, 2, 5, 6, 3, 4, 7, 8]
 * ```
 */
export function patchify(images: Tensor, patchSize: number): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = images.shape;
  if (images.rank !== 4 || height % patchSize !== 0 || width % patchSize !== 0) {
    throw new ShapeMismatchError(
      `patchify: expected [batch, height, width, channels] with sides that are multiples of ${patchSize}, got [${images.shape.join(', ')}]; resize the images.`,
    );
  }
  const rows = height / patchSize;
  const columns = width / patchSize;
  const bands = reshape(images, [batch * rows, patchSize, columns, patchSize * channels]); // [batch * rows, y, columns, x * channel]
  const patches = transpose(bands, [0, 2, 1, 3]); // [batch * rows, columns, y, x * channel]
  return reshape(patches, [batch, rows * columns, patchSize * patchSize * channels]); // [batch, patches, pixels]
}
