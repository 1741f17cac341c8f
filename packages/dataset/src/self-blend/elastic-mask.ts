import type { Random } from '@sofd/core';
import type { Mask } from '@sofd/face';
import { blurGaussian } from '../blend/gaussian-blur.js';

/** Length over which the deformation changes, and its largest shift, as parts of the mask's width. */
const correlation = 0.06;
const largestShift = 0.05;

/** Steps of the grid on which the noise is drawn, a correlation length. */
const gridSteps = 2;

/** A smooth random field in -1..1, `[height, width]`, whose extreme value is reached. */
function drawSmoothNoise({ width, height }: Mask, random: Random): Float32Array {
  const length = correlation * width;
  const step = Math.max(1, Math.round(length / gridSteps));
  const columns = Math.ceil(width / step);
  const noise = Float32Array.from({ length: columns * Math.ceil(height / step) }, () => random.uniformBetween(-1, 1));
  const field = new Float32Array(width * height);
  for (let i = 0; i < field.length; i++) {
    field[i] = noise[Math.floor(i / width / step) * columns + Math.floor((i % width) / step)]!;
  }
  const smooth = blurGaussian(field, { width, height }, length);
  const extreme = smooth.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
  return smooth.map((value) => value / extreme);
}

/**
 * Deforms a mask elastically: every pixel is read from a place that a smooth random field has shifted by up to 5 % of the width,
 * so that the outline says nothing about the landmarks that drew it.
 *
 * @param mask soft mask
 * @param random stream of this item
 * @returns a mask of the same size, bilinearly read; outside of the mask is 0
 * @see P. Simard et al., "Best Practices for Convolutional Neural Networks", 2003
 */
export function deformMask(mask: Mask, random: Random): Mask {
  const { width, height, data } = mask;
  const shiftX = drawSmoothNoise(mask, random.split('x'));
  const shiftY = drawSmoothNoise(mask, random.split('y'));
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[y * width + x]!);
  const deformed = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const x = (i % width) + largestShift * width * shiftX[i]!;
    const y = Math.floor(i / width) + largestShift * width * shiftY[i]!;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    const upper = (1 - u) * at(left, top) + u * at(left + 1, top);
    const lower = (1 - u) * at(left, top + 1) + u * at(left + 1, top + 1);
    deformed[i] = (1 - v) * upper + v * lower;
  }
  return { width, height, data: deformed };
}
