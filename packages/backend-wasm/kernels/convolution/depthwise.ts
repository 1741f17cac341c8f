import { bytesOf } from '../floats';
import { loadRest, multiplyAdd, storeRest } from '../simd';

/**
 * A convolution of each channel by itself, for a range of output rows [batch * outHeight].
 *
 * x is [batch, height, width, channels], filter [filterHeight, filterWidth, channels]; `zeros` are [width, channels] zeros, which
 * stand for rows outside of the image; `to` is where the first of the rows [firstRow, ...] goes.
 */
export function depthwise(
  rowStart: i32, rowEnd: i32, firstRow: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
  x: usize, filter: usize, zeros: usize, to: usize,
): void {
  const pixel = bytesOf(channels);
  // Output columns whose whole window lies in the image.
  const inner = min(outWidth, (left + strideX - 1) / strideX);
  const room = width + left - (filterWidth - 1) * dilationX - 1;
  const outer = max(inner, min(outWidth, room < 0 ? 0 : room / strideX + 1));
  const isThree = filterHeight == 3 && filterWidth == 3 && channels >= 4;
  const stepX = <usize>strideX * pixel;
  const tap = <usize>dilationX * pixel;
  to += <usize>((rowStart - firstRow) * outWidth) * pixel;
  for (let row = rowStart; row < rowEnd; row++) {
    const image = x + <usize>(row / outHeight * height * width) * pixel;
    const y = row % outHeight * strideY - top;
    if (isThree) {
      const a = rowOf(image, y, height, width, pixel, zeros);
      const b = rowOf(image, y + dilationY, height, width, pixel, zeros);
      const c = rowOf(image, y + 2 * dilationY, height, width, pixel, zeros);
      for (let column = 0; column < inner; column++) {
        edge(column * strideX - left, width, dilationX, channels, a, b, c, filter, zeros, to + <usize>column * pixel);
      }
      if (inner < outer) {
        const skip = <usize>(inner * strideX - left) * pixel;
        const target = to + <usize>inner * pixel;
        for (let channel = 0; channel < channels; channel += 4) {
          // The last four again where they are not a multiple of four: it gives the same numbers.
          const at = bytesOf(min(channel, channels - 4));
          three(outer - inner, a + skip + at, b + skip + at, c + skip + at, stepX, tap, filter + at, pixel, target + at);
        }
      }
      for (let column = outer; column < outWidth; column++) {
        edge(column * strideX - left, width, dilationX, channels, a, b, c, filter, zeros, to + <usize>column * pixel);
      }
    } else {
      for (let column = 0; column < outWidth; column++) {
        single(
          column * strideX - left, y, height, width, channels, filterHeight, filterWidth, dilationY, dilationX, image, filter,
          to + <usize>column * pixel,
        );
      }
    }
    to += <usize>outWidth * pixel;
  }
}

// @ts-ignore: decorator
@inline
function rowOf(image: usize, y: i32, height: i32, width: i32, pixel: usize, zeros: usize): usize {
  return y < 0 || y >= height ? zeros : image + <usize>(y * width) * pixel;
}

/** Four channels of a row of outputs, of windows of 3 by 3 that lie in the image; two at a time where they share inputs. */
function three(
  count: i32, a: usize, b: usize, c: usize, step: usize, tap: usize, filter: usize, pixel: usize, to: usize,
): void {
  const w00 = v128.load(filter);
  const w01 = v128.load(filter + pixel);
  const w02 = v128.load(filter + 2 * pixel);
  const w10 = v128.load(filter + 3 * pixel);
  const w11 = v128.load(filter + 4 * pixel);
  const w12 = v128.load(filter + 5 * pixel);
  const w20 = v128.load(filter + 6 * pixel);
  const w21 = v128.load(filter + 7 * pixel);
  const w22 = v128.load(filter + 8 * pixel);
  const tap2 = 2 * tap;
  if (step == tap) {
    const tap3 = 3 * tap;
    for (; count >= 2; count -= 2) {
      let x = v128.load(a);
      let first = f32x4.mul(x, w00);
      x = v128.load(a + tap);
      let second = f32x4.mul(x, w00);
      first = multiplyAdd(x, w01, first);
      x = v128.load(a + tap2);
      second = multiplyAdd(x, w01, second);
      first = multiplyAdd(x, w02, first);
      x = v128.load(a + tap3);
      second = multiplyAdd(x, w02, second);
      x = v128.load(b);
      first = multiplyAdd(x, w10, first);
      x = v128.load(b + tap);
      second = multiplyAdd(x, w10, second);
      first = multiplyAdd(x, w11, first);
      x = v128.load(b + tap2);
      second = multiplyAdd(x, w11, second);
      first = multiplyAdd(x, w12, first);
      x = v128.load(b + tap3);
      second = multiplyAdd(x, w12, second);
      x = v128.load(c);
      first = multiplyAdd(x, w20, first);
      x = v128.load(c + tap);
      second = multiplyAdd(x, w20, second);
      first = multiplyAdd(x, w21, first);
      x = v128.load(c + tap2);
      second = multiplyAdd(x, w21, second);
      first = multiplyAdd(x, w22, first);
      x = v128.load(c + tap3);
      second = multiplyAdd(x, w22, second);
      v128.store(to, first);
      v128.store(to + pixel, second);
      a += tap2;
      b += tap2;
      c += tap2;
      to += 2 * pixel;
    }
  }
  for (; count > 0; count--) {
    let sum = f32x4.mul(v128.load(a), w00);
    sum = multiplyAdd(v128.load(a + tap), w01, sum);
    sum = multiplyAdd(v128.load(a + tap2), w02, sum);
    sum = multiplyAdd(v128.load(b), w10, sum);
    sum = multiplyAdd(v128.load(b + tap), w11, sum);
    sum = multiplyAdd(v128.load(b + tap2), w12, sum);
    sum = multiplyAdd(v128.load(c), w20, sum);
    sum = multiplyAdd(v128.load(c + tap), w21, sum);
    sum = multiplyAdd(v128.load(c + tap2), w22, sum);
    v128.store(to, sum);
    a += step;
    b += step;
    c += step;
    to += pixel;
  }
}

/** All channels of one output of a window of 3 by 3 that begins at some column of the rows a, b and c. */
function edge(
  begin: i32, width: i32, dilationX: i32, channels: i32, a: usize, b: usize, c: usize, filter: usize, zeros: usize, to: usize,
): void {
  const pixel = bytesOf(channels);
  const middle = begin + dilationX;
  const end = middle + dilationX;
  const a0 = pixelOf(a, begin, width, pixel, zeros);
  const a1 = pixelOf(a, middle, width, pixel, zeros);
  const a2 = pixelOf(a, end, width, pixel, zeros);
  const b0 = pixelOf(b, begin, width, pixel, zeros);
  const b1 = pixelOf(b, middle, width, pixel, zeros);
  const b2 = pixelOf(b, end, width, pixel, zeros);
  const c0 = pixelOf(c, begin, width, pixel, zeros);
  const c1 = pixelOf(c, middle, width, pixel, zeros);
  const c2 = pixelOf(c, end, width, pixel, zeros);
  for (let channel = 0; channel < channels; channel += 4) {
    const at = bytesOf(min(channel, channels - 4));
    let weight = filter + at;
    let sum = f32x4.mul(v128.load(a0 + at), v128.load(weight));
    sum = multiplyAdd(v128.load(a1 + at), v128.load(weight + pixel), sum);
    weight += 2 * pixel;
    sum = multiplyAdd(v128.load(a2 + at), v128.load(weight), sum);
    sum = multiplyAdd(v128.load(b0 + at), v128.load(weight + pixel), sum);
    weight += 2 * pixel;
    sum = multiplyAdd(v128.load(b1 + at), v128.load(weight), sum);
    sum = multiplyAdd(v128.load(b2 + at), v128.load(weight + pixel), sum);
    weight += 2 * pixel;
    sum = multiplyAdd(v128.load(c0 + at), v128.load(weight), sum);
    sum = multiplyAdd(v128.load(c1 + at), v128.load(weight + pixel), sum);
    sum = multiplyAdd(v128.load(c2 + at), v128.load(weight + 2 * pixel), sum);
    v128.store(to + at, sum);
  }
}

// @ts-ignore: decorator
@inline
function pixelOf(row: usize, column: i32, width: i32, pixel: usize, zeros: usize): usize {
  return column < 0 || column >= width ? zeros : row + <usize>column * pixel;
}

/** All channels of one output, of any window. */
function single(
  begin: i32, y: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32,
  dilationY: i32, dilationX: i32, image: usize, filter: usize, to: usize,
): void {
  const pixel = bytesOf(channels);
  for (let channel = 0; channel < channels; channel += 4) {
    const at = bytesOf(channel);
    const rest = channels - channel;
    let sum = f32x4.splat(0);
    for (let ky = 0; ky < filterHeight; ky++) {
      const inY = y + ky * dilationY;
      if (inY < 0 || inY >= height) continue;
      for (let kx = 0; kx < filterWidth; kx++) {
        const inX = begin + kx * dilationX;
        if (inX < 0 || inX >= width) continue;
        const from = image + <usize>(inY * width + inX) * pixel + at;
        const weight = filter + <usize>(ky * filterWidth + kx) * pixel + at;
        if (rest >= 4) sum = multiplyAdd(v128.load(from), v128.load(weight), sum);
        else sum = multiplyAdd(loadRest(from, rest), loadRest(weight, rest), sum);
      }
    }
    if (rest >= 4) v128.store(to + at, sum);
    else storeRest(to + at, sum, rest);
  }
}
