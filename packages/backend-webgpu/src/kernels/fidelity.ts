import type { FusedKernels } from '@sofd/tensor';
import { util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';

const threads = 64;

const forwardProgram = {
  name: 'fidelity',
  inputs: { marginals: 'f32', complements: 'f32', targets: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', epsilon: 'f32' },
  threads,
  code: () => `
fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i >= uniforms.size) { return; }
  let g = targets[i];
  y[i] = 1.0 - sqrt(marginals[i] * g + uniforms.epsilon) - sqrt(complements[i] * (1.0 - g) + uniforms.epsilon);
}`,
} satisfies Program;

const gradientProgram = {
  name: 'fidelity gradient',
  inputs: { marginals: 'f32', complements: 'f32', targets: 'f32', dy: 'f32' },
  outputs: { dmarginals: 'f32', dcomplements: 'f32' },
  uniforms: { size: 'u32', epsilon: 'f32' },
  threads,
  code: () => `
fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i >= uniforms.size) { return; }
  let g = targets[i];
  let half_slope = -0.5 * dy[i];
  dmarginals[i] = half_slope * g / sqrt(marginals[i] * g + uniforms.epsilon);
  dcomplements[i] = half_slope * (1.0 - g) / sqrt(complements[i] * (1.0 - g) + uniforms.epsilon);
}`,
} satisfies Program;

/** One minus the fidelity, element by element. */
export function createFidelity(run: RunProgram): NonNullable<FusedKernels['fidelity']> {
  return {
    forward({ marginals, complements, targets }, { epsilon }) {
      const size = util.sizeFromShape(marginals.shape);
      return run(forwardProgram, {
        groups: Math.ceil(size / threads),
        inputs: { marginals, complements, targets },
        outputs: { y: marginals.shape },
        uniforms: { size, epsilon },
      }).y;
    },
    gradient({ marginals, complements, targets, dy }, { epsilon }) {
      const size = util.sizeFromShape(marginals.shape);
      const { dmarginals, dcomplements } = run(gradientProgram, {
        groups: Math.ceil(size / threads),
        inputs: { marginals, complements, targets, dy },
        outputs: { dmarginals: marginals.shape, dcomplements: marginals.shape },
        uniforms: { size, epsilon },
      });
      return [dmarginals, dcomplements];
    },
  };
}
