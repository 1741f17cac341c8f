/**
 * WGSL: adds up a number of each thread of the workgroup, in an order that depends on nothing but their count.
 *
 * All threads must call it together, and all get the sum.
 *
 * @param threads - of the workgroup; a power of two.
 */
export const sumOverThreads = (threads: number): string => `
var<workgroup> partial_sums: array<f32, ${threads}>;

fn sum_over_threads(value: f32, thread: u32) -> f32 {
  partial_sums[thread] = value;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { partial_sums[thread] += partial_sums[thread + half]; }
    workgroupBarrier();
  }
  let sum = partial_sums[0];
  workgroupBarrier();
  return sum;
}`;
