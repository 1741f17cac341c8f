/** White point D65, which sRGB is defined for. */
const white = [0.95047, 1, 1.08883] as const;
const epsilon = 216 / 24389;
const kappa = 24389 / 27;

const linearOf = Float64Array.from({ length: 256 }, (_, value) => {
  const unit = value / 255;
  return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
});

/** Linear light of a channel value in 0..255, fractions included. */
function linearise(value: number): number {
  const clamped = Math.min(255, Math.max(0, value));
  const low = Math.min(254, Math.floor(clamped));
  const fraction = clamped - low;
  return linearOf[low]! * (1 - fraction) + linearOf[low + 1]! * fraction;
}

function encodeGamma(linear: number): number {
  if (linear <= 0) return 0;
  if (linear >= 1) return 255;
  return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055);
}

const compress = (ratio: number) => (ratio > epsilon ? Math.cbrt(ratio) : (kappa * ratio + 16) / 116);

const expand = (root: number) => (root ** 3 > epsilon ? root ** 3 : (116 * root - 16) / kappa);

/**
 * Converts sRGB pixels to CIE L*a*b* (D65).
 *
 * @param rgb channel values 0..255, `[pixels, 3]`
 * @returns L* in 0..100, a* and b* about -128..127, `[pixels, 3]`
 */
export function convertRgbToLab(rgb: ArrayLike<number>): Float32Array {
  const lab = new Float32Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    const r = linearise(rgb[i]!);
    const g = linearise(rgb[i + 1]!);
    const b = linearise(rgb[i + 2]!);
    const x = compress((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0]);
    const y = compress((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / white[1]);
    const z = compress((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / white[2]);
    lab[i] = 116 * y - 16;
    lab[i + 1] = 500 * (x - y);
    lab[i + 2] = 200 * (y - z);
  }
  return lab;
}

/**
 * Converts CIE L*a*b* (D65) to sRGB; colours outside sRGB are clipped a channel at a time.
 *
 * @param lab `[pixels, 3]`
 * @returns channel values 0..255, not rounded, `[pixels, 3]`
 */
export function convertLabToRgb(lab: ArrayLike<number>): Float32Array {
  const rgb = new Float32Array(lab.length);
  for (let i = 0; i < lab.length; i += 3) {
    const fy = (lab[i]! + 16) / 116;
    const x = white[0] * expand(fy + lab[i + 1]! / 500);
    const y = white[1] * expand(fy);
    const z = white[2] * expand(fy - lab[i + 2]! / 200);
    rgb[i] = encodeGamma(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
    rgb[i + 1] = encodeGamma(-0.969266 * x + 1.8760108 * y + 0.041556 * z);
    rgb[i + 2] = encodeGamma(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
  }
  return rgb;
}
