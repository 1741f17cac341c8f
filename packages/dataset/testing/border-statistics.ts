import type { Mask, PixelImage } from '@sofd/face';

/** What an image is like across the line where a mask is a half, in grey levels. */
export interface BorderStatistics {
  /** Mean jump of the gradient: `|L(p + h n) - 2 L(p) + L(p - h n)|`, h of 1 % of the width. An edge shows here. */
  readonly jump: number;
  /** Mean step over the whole soft edge: `|L(p + h n) - L(p - h n)|`, h of 4 % of the width. A difference of tone shows here. */
  readonly step: number;
}

const reach = { jump: 0.01, step: 0.04 } as const;

/** Brightness between pixels, bilinear, clamped to the image. */
function readBrightness({ width, height, data }: PixelImage, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, row: number) => {
    const i = 3 * (Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column)));
    return 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  };
  const [u, v] = [x - left, y - top];
  const upper = (1 - u) * at(left, top) + u * at(left + 1, top);
  return (1 - v) * upper + v * ((1 - u) * at(left, top + 1) + u * at(left + 1, top + 1));
}

/** Measures an image along the border of a mask. */
export function measureBorder(image: PixelImage, { width, height, data }: Mask): BorderStatistics {
  let [jump, step, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const neighbours = [data[i - 1]!, data[i + 1]!, data[i - width]!, data[i + width]!] as const;
      if (data[i]! < 0.5 || Math.min(...neighbours) >= 0.5) continue;
      const slope = Math.hypot(neighbours[1] - neighbours[0], neighbours[3] - neighbours[2]);
      if (slope === 0) continue;
      const normal = [(neighbours[1] - neighbours[0]) / slope, (neighbours[3] - neighbours[2]) / slope] as const;
      const at = (way: number) => readBrightness(image, x + way * width * normal[0], y + way * width * normal[1]);
      jump += Math.abs(at(reach.jump) - 2 * at(0) + at(-reach.jump));
      step += Math.abs(at(reach.step) - at(-reach.step));
      count++;
    }
  }
  return { jump: jump / count, step: step / count };
}

/** Largest difference of two samples' distribution functions: the statistic of Kolmogorov and Smirnov. */
export function compareDistributions(first: readonly number[], second: readonly number[]): number {
  const share = (values: readonly number[], limit: number) =>
    values.filter((value) => value <= limit).length / values.length;
  return Math.max(...[...first, ...second].map((limit) => Math.abs(share(first, limit) - share(second, limit))));
}
