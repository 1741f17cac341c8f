/** A copy of length 1, or all zero as it was: then dot products are cosine similarities. */
export function scaleToUnit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value ** 2;
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  return vector.map((value) => value * scale);
}
