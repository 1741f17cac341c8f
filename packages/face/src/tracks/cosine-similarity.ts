/**
 * Cosine similarity of two vectors, as descriptors of faces.
 * @param first any length above 0
 * @param second of the same length
 * @returns -1 to 1, up to rounding; 0 where one of them is all zero
 * @example
 * ```ts
 * import { computeCosineSimilarity } from '@sofd/face';
 * computeCosineSimilarity(Float32Array.of(3, 4), Float32Array.of(4, 3)); // 0.96
 * ```
 */
export function computeCosineSimilarity(first: Float32Array, second: Float32Array): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    dot += first[i]! * second[i]!;
    squaresA += first[i]! * first[i]!;
    squaresB += second[i]! * second[i]!;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : dot / Math.sqrt(squaresA * squaresB);
}
