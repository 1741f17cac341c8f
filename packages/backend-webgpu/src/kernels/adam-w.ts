import type { FusedKernels } from '@sofd/tensor';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Program, RunProgram } from '../run-program.js';
import { bufferOf, moveBuffer, type WebgpuBackend } from '../tfjs-backend.js';

const threads = 64;

const rates = {
  beta1: 'f32',
  // Subtracted in float64: in float32 the difference of 1 and 0.999 keeps four digits.
  one_minus_beta1: 'f32',
  beta2: 'f32',
  one_minus_beta2: 'f32',
  epsilon: 'f32',
  step_size: 'f32',
  inverse_root_correction2: 'f32',
  decay: 'f32',
  ema_decay: 'f32',
  one_minus_ema_decay: 'f32',
} as const;

/** Updates in place. Without a scale or an average their buffers are left out. */
const updateProgram = (hasScale: boolean, hasAverage: boolean): Program => ({
  name: `adam w${hasScale ? ', scaled' : ''}${hasAverage ? ', averaged' : ''}`,
  inputs: { gradient: 'f32', ...(hasScale ? { gradient_scale: 'f32' } : {}) },
  outputs: { param: 'f32', m: 'f32', v: 'f32', ...(hasAverage ? { ema: 'f32' } : {}) },
  uniforms: { size: 'u32', ...rates },
  threads,
  code: () => `
fn run(group: u32, thread: u32) {
  let i = group * ${threads}u + thread;
  if (i >= uniforms.size) { return; }
  let g = gradient[i]${hasScale ? ' * gradient_scale[0]' : ''};
  let next_m = uniforms.beta1 * m[i] + uniforms.one_minus_beta1 * g;
  let next_v = uniforms.beta2 * v[i] + uniforms.one_minus_beta2 * g * g;
  let quotient = next_m / (sqrt(next_v) * uniforms.inverse_root_correction2 + uniforms.epsilon);
  let next = uniforms.decay * param[i] - uniforms.step_size * quotient;
  m[i] = next_m;
  v[i] = next_v;
  param[i] = next;
  ${hasAverage ? 'ema[i] = uniforms.ema_decay * ema[i] + uniforms.one_minus_ema_decay * next;' : ''}
}`,
});

/** AdamW in one dispatch a parameter, in place where the old values are given away. */
export function createAdamW(backend: WebgpuBackend, run: RunProgram): NonNullable<FusedKernels['adamW']> {
  return {
    update({ param, gradient, m, v, ema, gradientScale }, attrs) {
      const old = [param, m, v, ...(ema ? [ema] : [])];
      const [nextParam, nextM, nextV, nextEma] = old.map((tensor) =>
        attrs.donate && isExclusive(backend, tensor, old) ? takeOver(backend, tensor) : copy(backend, tensor),
      ) as [TensorInfo, TensorInfo, TensorInfo, TensorInfo?];
      const size = util.sizeFromShape(param.shape);
      const outputs = run(updateProgram(gradientScale !== undefined, ema !== undefined), {
        groups: Math.ceil(size / threads),
        inputs: { gradient, ...(gradientScale ? { gradient_scale: gradientScale } : {}) },
        outputs: { param: nextParam, m: nextM, v: nextV, ...(nextEma ? { ema: nextEma } : {}) },
        uniforms: {
          size,
          beta1: attrs.beta1,
          one_minus_beta1: 1 - attrs.beta1,
          beta2: attrs.beta2,
          one_minus_beta2: 1 - attrs.beta2,
          epsilon: attrs.epsilon,
          step_size: attrs.stepSize,
          inverse_root_correction2: attrs.inverseRootCorrection2,
          decay: attrs.decay,
          ema_decay: attrs.emaDecay,
          one_minus_ema_decay: 1 - attrs.emaDecay,
        },
      });
      return Object.values(outputs);
    },
  };
}

/** Whether nothing else has the tensor's buffer: no clone, no reshaped tensor, none of the others. */
function isExclusive(backend: WebgpuBackend, { dataId }: TensorInfo, all: readonly TensorInfo[]): boolean {
  const { refCount, external } = backend.tensorMap.get(dataId);
  return refCount === 1 && !external && all.filter((other) => other.dataId === dataId).length === 1;
}

/** A new tensor with the old one's buffer. */
function takeOver(backend: WebgpuBackend, tensor: TensorInfo): TensorInfo {
  if (util.sizeFromShape(tensor.shape) === 0) return copy(backend, tensor);
  bufferOf(backend, tensor);
  const next = backend.makeTensorInfo(tensor.shape, 'float32');
  moveBuffer(backend, tensor.dataId, next.dataId);
  return next;
}

/** A copy that no dispatch makes. */
function copy(backend: WebgpuBackend, tensor: TensorInfo): TensorInfo {
  const bytes = util.sizeFromShape(tensor.shape) * Float32Array.BYTES_PER_ELEMENT;
  if (bytes === 0) return backend.makeTensorInfo(tensor.shape, 'float32', new Float32Array(0));
  const next = backend.makeTensorInfo(tensor.shape, 'float32');
  const [from, to] = [bufferOf(backend, tensor), bufferOf(backend, next)];
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(from, 0, to, 0, bytes);
  for (const { dataId } of [tensor, next]) backend.commandQueueOwnedIds.add(dataId);
  return next;
}
