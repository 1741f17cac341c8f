/** A number with as many digits as a reader needs: three significant ones, small ones with a power of ten. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(1).replace('.0e', 'e') : String(Number(value.toPrecision(3)));
}

/** Seconds as `2 h 5 min` or `38 s`. */
export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)}\u00a0s`;
  if (minutes < 60) return `${minutes}\u00a0min ${Math.floor(seconds % 60)}\u00a0s`;
  return `${Math.floor(minutes / 60)}\u00a0h ${minutes % 60}\u00a0min`;
}
