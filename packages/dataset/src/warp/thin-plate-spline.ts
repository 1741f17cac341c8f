import type { Point } from '@sofd/face';

/** `phi(r) = r^2 ln r`, from the squared distance. */
function kernel(squared: number): number {
  return squared === 0 ? 0 : 0.5 * squared * Math.log(squared);
}

/** Solves `A x = b` for several right-hand sides in place by Gaussian elimination with partial pivoting. */
function solveInPlace(matrix: Float64Array[], unknowns: number): void {
  for (let column = 0; column < unknowns; column++) {
    let pivot = column;
    for (let row = column + 1; row < unknowns; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const top = matrix[column]!;
    for (let row = 0; row < unknowns; row++) {
      const line = matrix[row]!;
      const factor = row === column ? 0 : line[column]! / top[column]!;
      if (factor === 0) continue;
      for (let i = column; i < line.length; i++) line[i]! -= factor * top[i]!;
    }
  }
}

/**
 * Fits the displacement field of least bending through given displacements: a thin-plate spline.
 *
 * `u(p) = a + B p + sum w_i phi(|p - c_i|)`, `phi(r) = r^2 ln r`, with `u(c_i)` as given and the `w_i` orthogonal to all affine
 * maps. Of all fields through the displacements it has the least integral of squared second derivatives.
 *
 * @param centers where displacements are given, no two at one place and not all on one line
 * @param displacements as many, in pixels
 * @returns the displacement at a place
 * @see F. Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations", 1989
 */
export function fitThinPlateSpline(
  centers: readonly Point[],
  displacements: readonly Point[],
): (x: number, y: number) => [number, number] {
  const count = centers.length;
  const size = count + 3;
  const matrix = Array.from({ length: size }, () => new Float64Array(size + 2));
  centers.forEach(([x, y], i) => {
    const row = matrix[i]!;
    centers.forEach(([u, v], j) => {
      row[j] = kernel((x - u) ** 2 + (y - v) ** 2);
    });
    [1, x, y].forEach((value, j) => {
      row[count + j] = value;
      matrix[count + j]![i] = value;
    });
    row[size] = displacements[i]![0];
    row[size + 1] = displacements[i]![1];
  });
  solveInPlace(matrix, size);
  const weights = [0, 1].map((axis) => Float64Array.from(matrix, (row, i) => row[size + axis]! / row[i]!));
  const [weightsX, weightsY] = weights as [Float64Array, Float64Array];
  const evaluate = (weight: Float64Array, x: number, y: number) =>
    weight[count]! + weight[count + 1]! * x + weight[count + 2]! * y;
  return (x, y) => {
    let u = evaluate(weightsX, x, y);
    let v = evaluate(weightsY, x, y);
    for (let i = 0; i < count; i++) {
      const bend = kernel((x - centers[i]![0]) ** 2 + (y - centers[i]![1]) ** 2);
      u += weightsX[i]! * bend;
      v += weightsY[i]! * bend;
    }
    return [u, v];
  };
}
