import { bytesOf } from '../floats';

/**
 * The left matrix of a convolution as a product: for a range of output rows [batch * outHeight], a row
 * [filterHeight, filterWidth, channels] for each output position, with zeros outside of the image.
 *
 * x is [batch, height, width, channels]; `to` is where the first of the rows [firstRow, ...] goes.
 */
export function patches(
  rowStart: i32, rowEnd: i32, firstRow: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
  x: usize, to: usize,
): void {
  const rowFloats = filterWidth * channels;
  to += bytesOf((rowStart - firstRow) * outWidth * filterHeight) * <usize>rowFloats;
  for (let row = rowStart; row < rowEnd; row++) {
    const image = x + bytesOf(row / outHeight * height * width) * <usize>channels;
    const y = row % outHeight * strideY - top;
    for (let column = 0; column < outWidth; column++) {
      const begin = column * strideX - left;
      const isWhole = dilationX == 1 && begin >= 0 && begin + filterWidth <= width;
      for (let ky = 0; ky < filterHeight; ky++) {
        const inY = y + ky * dilationY;
        const from = image + bytesOf((inY * width + begin) * channels);
        if (inY < 0 || inY >= height) clear(to, rowFloats);
        else if (isWhole) copy(from, to, rowFloats);
        else copyTaps(from, to, begin, width, channels, filterWidth, dilationX);
        to += bytesOf(rowFloats);
      }
    }
  }
}

/** A row of a patch that is not in one piece, or partly outside of the image. */
function copyTaps(
  from: usize, to: usize, begin: i32, width: i32, channels: i32, filterWidth: i32, dilationX: i32,
): void {
  for (let kx = 0; kx < filterWidth; kx++) {
    const inX = begin + kx * dilationX;
    if (inX < 0 || inX >= width) clear(to, channels);
    else copy(from, to, channels);
    from += bytesOf(dilationX * channels);
    to += bytesOf(channels);
  }
}

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, count: i32): void {
  const end = bytesOf(count);
  if (count < 4) {
    for (let at: usize = 0; at < end; at += 4) store<f32>(to + at, load<f32>(from + at));
    return;
  }
  // The last four again where they are not a multiple of four.
  const last = end - 16;
  for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
  v128.store(to + last, v128.load(from + last));
}

// @ts-ignore: decorator
@inline
function clear(to: usize, count: i32): void {
  memory.fill(to, 0, bytesOf(count));
}
