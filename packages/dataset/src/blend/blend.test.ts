import { ShapeMismatchError } from '@sofd/core';
import type { Mask, PixelImage } from '@sofd/face';
import { describe, expect, test } from 'vitest';
import { blendImage } from './blend-image.js';
import { evaluatePlane, fitPlane } from './fit-plane.js';
import { blurGaussian } from './gaussian-blur.js';
import { convertLabToRgb, convertRgbToLab } from './lab-color.js';
import { cutImage, cutMask, findMaskWindow, pasteImage } from './mask-window.js';
import { matchBorder } from './match-border.js';
import { transferColor } from './transfer-color.js';

const flat = (size: number, color: readonly number[]): PixelImage => ({
  width: size,
  height: size,
  data: Uint8ClampedArray.from({ length: size * size * 3 }, (_, i) => color[i % 3]!),
});

const textured = (size: number, seed: number): PixelImage => ({
  width: size,
  height: size,
  data: Uint8ClampedArray.from({ length: size * size * 3 }, (_, i) => 128 + 15 * Math.sin(seed * (i + 1))),
});

const disc = (size: number): Mask => ({
  width: size,
  height: size,
  data: Float32Array.from({ length: size * size }, (_, i) => {
    const distance = Math.hypot((i % size) - size / 2, Math.floor(i / size) - size / 2);
    return Math.min(1, Math.max(0, (size / 3 - distance) / (size / 10)));
  }),
});

describe('CIE L*a*b*', () => {
  test('gives the published values of white, black and red', () => {
    const lab = convertRgbToLab([255, 255, 255, 0, 0, 0, 255, 0, 0]);
    // Published to two decimals.
    [100, 0, 0, 0, 0, 0, 53.24, 80.09, 67.2].forEach((value, i) => {
      expect(Math.abs(lab[i]! - value)).toBeLessThan(0.02);
    });
  });

  test('comes back to the same bytes', () => {
    const rgb = textured(8, 3).data;
    const back = convertLabToRgb(convertRgbToLab(rgb));
    // Half a grey level is what rounding to bytes forgives; float32 keeps far more.
    rgb.forEach((value, i) => {
      expect(Math.abs(back[i]! - value)).toBeLessThan(0.05);
    });
  });
});

describe('blurGaussian', () => {
  test('keeps a constant and the sum of an impulse, and has the variance asked for', () => {
    const size = { width: 101, height: 101 };
    const constant = blurGaussian(new Float32Array(101 * 101).fill(3), size, 6);
    expect(Math.max(...constant.map((value) => Math.abs(value - 3)))).toBeLessThan(1e-4);
    const impulse = new Float32Array(101 * 101);
    impulse[50 * 101 + 50] = 1;
    const blurred = blurGaussian(impulse, size, 6);
    let [sum, variance] = [0, 0];
    blurred.forEach((value, i) => {
      sum += value;
      variance += value * ((i % 101) - 50) ** 2;
    });
    expect(sum).toBeCloseTo(1, 4);
    // Box widths are odd numbers: the variance steps by about 2 sigma / 3 a pass.
    expect(Math.abs(variance - 36)).toBeLessThan(2);
  });
});

describe('transferColor', () => {
  test.each(['lab', 'rgb'] as const)('matches mean and deviation inside the mask in %s', (space) => {
    const [target, mask] = [textured(24, 0.9), disc(24)];
    // The same texture turned round: its deviations differ by less than the largest gain.
    const source = { ...target, data: Uint8ClampedArray.from(target.data, (_, i) => target.data.at(-1 - i)!) };
    const shifted = { ...source, data: source.data.map((value) => 0.9 * value + 20) };
    const result = transferColor(shifted, target, { mask, space });
    const moments = (pixels: ArrayLike<number>) => {
      const values = space === 'lab' ? convertRgbToLab(pixels) : Float32Array.from(pixels);
      const total = mask.data.reduce((sum, weight) => sum + weight, 0);
      return [0, 1, 2].flatMap((c) => {
        const mean = mask.data.reduce((sum, weight, i) => sum + weight * values[3 * i + c]!, 0) / total;
        const variance = mask.data.reduce((sum, w, i) => sum + w * (values[3 * i + c]! - mean) ** 2, 0) / total;
        return [mean, Math.sqrt(variance)];
      });
    };
    const expected = moments(target.data);
    // The way back from Lab ends in unrounded RGB, whose linearisation table is interpolated; RGB is exact to float32.
    const tolerance = space === 'lab' ? 0.1 : 0.01;
    moments(result).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
    });
  });

  test('leaves the source alone where the mask is empty', () => {
    const source = textured(8, 2);
    const mask = { width: 8, height: 8, data: new Float32Array(64) };
    expect([...transferColor(source, flat(8, [1, 2, 3]), { mask, space: 'lab' })]).toEqual([...source.data]);
  });
});

describe('matchBorder', () => {
  test('takes a constant difference of the border away', () => {
    const target = flat(32, [100, 120, 140]);
    const source = new Float32Array(32 * 32 * 3).fill(90);
    const mask = disc(32);
    const result = matchBorder(source, target, { mask, reach: 4 });
    mask.data.forEach((value, i) => {
      if (value <= 0.05) return;
      // The floor of the weights leaves at most a percent of a difference of 50 levels.
      [100, 120, 140].forEach((level, c) => {
        expect(Math.abs(result[3 * i + c]! - level)).toBeLessThan(0.5);
      });
    });
  });
});

describe('blendImage', () => {
  test('is the target where the mask is 0 and the source where it is 1', () => {
    const [target, mask] = [textured(24, 1.1), disc(24)];
    const source = new Float32Array(24 * 24 * 3).fill(7);
    const { data } = blendImage(target, source, { mask, alpha: 1 });
    mask.data.forEach((value, i) => {
      if (value === 0) expect(data[3 * i]).toBe(target.data[3 * i]);
      if (value === 1) expect(data[3 * i]).toBe(7);
    });
  });

  test('multiplies the mask by alpha', () => {
    const mask = { width: 2, height: 1, data: Float32Array.of(1, 0.5) };
    const target: PixelImage = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 0, 0, 0) };
    expect([...blendImage(target, new Float32Array(6).fill(100), { mask, alpha: 0.75 }).data]).toEqual([
      75, 75, 75, 38, 38, 38,
    ]);
  });

  test('refuses images of different sizes', () => {
    expect(() => blendImage(flat(4, [0, 0, 0]), new Float32Array(3), { mask: disc(4), alpha: 1 })).toThrow(
      ShapeMismatchError,
    );
  });
});

describe('fitPlane', () => {
  test('finds the slope of the light although a part of the border is something else', () => {
    const size = { width: 20, height: 16 };
    const weights = new Float32Array(320).fill(1);
    const truth = { offset: 12, slopeX: 30, slopeY: -8 };
    const values = weights.map((_, i) => evaluatePlane(truth, i, size));
    // A tenth of the pixels belong to hair.
    for (let i = 0; i < 320; i += 10) values[i]! -= 90;
    const plane = fitPlane(values, weights, size);
    for (let i = 0; i < 320; i++) {
      // Huber's weights leave an outlier the pull of one limit (8 levels): a tenth of them shifts the plane by about 1;
      // the ridge takes 4 % off the slopes. A plain fit would be 9 levels off.
      expect(Math.abs(evaluatePlane(plane, i, size) - evaluatePlane(truth, i, size))).toBeLessThan(3.5);
    }
  });
});

describe('windows of a mask', () => {
  test('hold every pixel of the mask, and paste back where they were cut', () => {
    const mask = { width: 8, height: 6, data: new Float32Array(48) };
    expect(findMaskWindow(mask)).toBeNull();
    mask.data[2 * 8 + 3] = 0.1;
    mask.data[4 * 8 + 6] = 1;
    const window = findMaskWindow(mask)!;
    expect(window).toEqual({ left: 3, top: 2, width: 4, height: 3 });
    expect([...cutMask(mask, window).data].reduce((sum, value) => sum + value)).toBeCloseTo(1.1, 6);
    const image: PixelImage = { width: 8, height: 6, data: Uint8ClampedArray.from({ length: 144 }, (_, i) => i) };
    const part = cutImage(image, window);
    expect(part.data[0]).toBe(3 * (2 * 8 + 3));
    expect(pasteImage(image, part, window)).toEqual(image);
  });
});
