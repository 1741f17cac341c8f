import type { GramMatrix } from './gram-matrix.js';

/** Solves A x = b in place by elimination with pivots; undefined where A is singular to rounding. */
function solve(matrix: number[][], right: number[]): number[] | undefined {
  const size = right.length;
  const scale = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    if (!(Math.abs(matrix[pivot]![column]!) > 1e-14 * scale)) return undefined;
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [right[column], right[pivot]] = [right[pivot]!, right[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k < size; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
      right[row]! -= factor * right[column]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = right[row]!;
    for (let k = row + 1; k < size; k++) rest -= matrix[row]![k]! * solution[k]!;
    solution[row] = rest / matrix[row]![row]!;
  }
  return solution;
}

/**
 * The stationary point of ½ w^T G w - r^T w among all w with Σ w_i = total, w_i = 0 outside of a face of the simplex.
 *
 * @param gram - G
 * @param face - the tasks that may have a weight
 * @param given - r, one a task, and the total
 * @returns w, one a task; undefined where the gradients of the face are affinely dependent, so that a smaller face does as well
 */
export function solveOnFace(
  gram: GramMatrix,
  face: readonly number[],
  { right, total }: { readonly right: readonly number[]; readonly total: number },
): number[] | undefined {
  // Gradients of one length make the border as large as the rest, which keeps the pivots meaningful.
  const border = Math.max(...face.map((task) => gram[task]![task]!)) || 1;
  const matrix = face.map((row) => [...face.map((column) => gram[row]![column]!), border]);
  matrix.push([...face.map(() => border), 0]);
  const solution = solve(matrix, [...face.map((task) => right[task]!), total * border]);
  if (solution === undefined) return undefined;
  const weights = gram.map(() => 0);
  for (const [i, task] of face.entries()) weights[task] = solution[i]!;
  return weights;
}

/** All faces of the simplex over a number of tasks, its corners first; 2^tasks - 1 of them. */
export function listFaces(tasks: number): number[][] {
  const faces: number[][] = [];
  for (let set = 1; set < 2 ** tasks; set++)
    faces.push(Array.from({ length: tasks }, (_, task) => task).filter((task) => (set >> task) & 1));
  return faces.sort((a, b) => a.length - b.length);
}

/** Weights of a simplex, with what rounding made negative set to zero; undefined for weights that are outside. */
export function toSimplex(weights: readonly number[] | undefined): number[] | undefined {
  if (!weights?.every((weight) => weight >= -1e-9)) return undefined;
  const clamped = weights.map((weight) => Math.max(weight, 0));
  const total = clamped.reduce((sum, weight) => sum + weight, 0);
  return clamped.map((weight) => weight / total);
}

/**
 * The best of some points of the simplex.
 *
 * @param candidates - weights; undefined is passed over
 * @param value - what is to be small
 * @returns the first of the best; undefined where no value is a number
 */
export function pickBest(
  candidates: Iterable<readonly number[] | undefined>,
  value: (weights: readonly number[]) => number,
): readonly number[] | undefined {
  let best: readonly number[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const weights of candidates) {
    if (weights === undefined) continue;
    const found = value(weights);
    if (found < least) [best, least] = [weights, found];
  }
  return best;
}
