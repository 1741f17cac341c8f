/** `0.8312` as `0.83`. */
export function formatFixed(value: number, digits = 2): string {
  return value.toFixed(digits);
}

/** `[0.71, 0.92]` as `0.71–0.92`. */
export function formatInterval(interval: readonly [number, number], digits = 2): string {
  return `${formatFixed(interval[0], digits)}–${formatFixed(interval[1], digits)}`;
}

/** `12345` as `12,345`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `0.95` as `95 %`, with a space that does not break. */
export function formatShare(value: number): string {
  return `${Number((100 * value).toFixed(1))}\u00a0%`;
}

/** A share in [0, 1] as a CSS percentage; values outside are moved to the nearest end. */
export function toPercent(share: number): string {
  return `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(2)}%`;
}

/** `1, 'face', 'faces'` as `1 face`. */
export function formatPlural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
