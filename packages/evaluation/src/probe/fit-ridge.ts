/** A linear score of features. */
export interface LinearScore {
  /** [features]. */
  readonly weights: Float64Array;
  readonly bias: number;
}

/** Solves a symmetric positive definite system by Cholesky's factorisation; the matrix is overwritten. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const at = (i: number, j: number) => matrix[i * size + j]!;
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
    for (let k = 0; k < i; k++) solution[i]! -= at(i, k) * solution[k]!;
    solution[i]! /= at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i]! -= at(k, i) * solution[k]!;
    solution[i]! /= at(i, i);
  }
  return solution;
}

/** Mean and scale of every feature; a constant one gets scale 0, so that it counts for nothing. */
function standardise(features: readonly (readonly number[])[]) {
  const count = features[0]!.length;
  const means = new Float64Array(count);
  const scales = new Float64Array(count);
  for (const row of features) for (let k = 0; k < count; k++) means[k]! += row[k]! / features.length;
  for (const row of features)
    for (let k = 0; k < count; k++) scales[k]! += (row[k]! - means[k]!) ** 2 / features.length;
  // Rounding leaves a constant feature a variance of about 1e-32 of its square.
  const isConstant = (k: number) => scales[k]! <= 1e-20 * (means[k]! ** 2 + 1);
  return { means, scales: scales.map((variance, k) => (isConstant(k) ? 0 : 1 / Math.sqrt(variance))) };
}

/**
 * Fits a line to labels: ridge regression of -1 and 1 on standardised features, both classes weighing the same.
 *
 * $$\min_w \sum_i c_i \left( w^\top z_i - t_i \right)^2 + \lambda \lVert w \rVert^2, \quad \sum_i c_i = 1$$
 *
 * @param features [rows][features], finite
 * @param labels [rows], 0 or 1, both present
 * @param regularisation $\lambda$ above 0
 */
export function fitRidge(
  features: readonly (readonly number[])[],
  labels: ArrayLike<number>,
  regularisation: number,
): LinearScore {
  const { means, scales } = standardise(features);
  const size = means.length;
  const positives = features.reduce((sum, _, row) => sum + labels[row]!, 0);
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let k = 0; k < size; k++) gram[k * size + k] = regularisation;
  features.forEach((row, index) => {
    const z = means.map((mean, k) => (row[k]! - mean) * scales[k]!);
    const share = 0.5 / (labels[index] === 1 ? positives : features.length - positives);
    for (let i = 0; i < size; i++) {
      right[i]! += share * z[i]! * (labels[index] === 1 ? 1 : -1);
      for (let j = 0; j < size; j++) gram[i * size + j]! += share * z[i]! * z[j]!;
    }
  });
  const weights = solve(gram, right).map((weight, k) => weight * scales[k]!);
  return { weights, bias: -weights.reduce((sum, weight, k) => sum + weight * means[k]!, 0) };
}
