import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { bufferOf, type GpuPipeline, type WebgpuBackend } from './tfjs-backend.js';

type Scalar = 'f32' | 'i32' | 'u32';

/** A compute shader and what it is given. */
export interface Program<
  Input extends string = string,
  Output extends string = string,
  Uniform extends string = string,
> {
  /** Names the compiled pipeline: programs with different code have different names. */
  readonly name: string;
  /** Buffers that are read, by the names that the code has for them. */
  readonly inputs: Readonly<Record<Input, Scalar>>;
  /** Buffers that are written, or read and written. Eight with the inputs at most. */
  readonly outputs: Readonly<Record<Output, Scalar>>;
  /** Numbers, read as `uniforms.name`. */
  readonly uniforms: Readonly<Record<Uniform, 'f32' | 'u32'>>;
  /** Threads of a workgroup. */
  readonly threads: number;
  /**
   * WGSL with a function `run(group: u32, thread: u32)`. The groups are numbered from 0 without a limit of their own, and a few
   * more than asked for may run.
   */
  code(): string;
}

/** One run of a program. */
export interface Dispatch<Input extends string, Output extends string, Uniform extends string> {
  /** Workgroups to run at least. */
  readonly groups: number;
  readonly inputs: Readonly<Record<Input, TensorInfo>>;
  /** Shapes of new tensors, or tensors to write into. */
  readonly outputs: Readonly<Record<Output, readonly number[] | TensorInfo>>;
  readonly uniforms: Readonly<Record<Uniform, number>>;
}

/**
 * Records a run of a program after everything recorded before.
 *
 * Where an input is empty nothing runs and new tensors are zero: sums over nothing.
 *
 * @returns the outputs.
 */
export type RunProgram = <Input extends string, Output extends string, Uniform extends string>(
  program: Program<Input, Output, Uniform>,
  dispatch: Dispatch<Input, Output, Uniform>,
) => Record<Output, TensorInfo>;

const isInfo = (output: readonly number[] | TensorInfo): output is TensorInfo => 'dataId' in output;
const isEmpty = ({ shape }: TensorInfo) => util.sizeFromShape(shape) === 0;

/** Makes a function that records programs on a backend and keeps the pipelines that it compiles. */
export function createRunner(backend: WebgpuBackend): RunProgram {
  const pipelines = new Map<string, GpuPipeline>();
  return (program, { groups, inputs, outputs, uniforms }) => {
    const given = Object.keys(program.inputs).map((name) => inputs[name as keyof typeof inputs]);
    const nothing = groups === 0 || given.some(isEmpty);
    // First, since an input that cannot be had must not leave outputs behind.
    if (!nothing) for (const { dataId } of given) backend.uploadToGPU(dataId);
    const made = Object.entries<Scalar>(program.outputs).map(([name, type]) => {
      const output = outputs[name as keyof typeof outputs];
      return isInfo(output) ? output : createOutput(backend, { shape: output, type, nothing });
    });
    if (!nothing) {
      const pipeline = pipelines.get(program.name) ?? compile(backend, program);
      pipelines.set(program.name, pipeline);
      const fields = Object.entries<'f32' | 'u32'>(program.uniforms).map(([name, type]) => ({
        type: type === 'f32' ? ('float32' as const) : ('uint32' as const),
        data: [uniforms[name as keyof typeof uniforms]],
      }));
      record(backend, { pipeline, tensors: [...given, ...made], fields, groups });
    }
    return Object.fromEntries(Object.keys(program.outputs).map((name, i) => [name, made[i]])) as never;
  };
}

function createOutput(
  backend: WebgpuBackend,
  { shape, type, nothing }: { readonly shape: readonly number[]; readonly type: Scalar; readonly nothing: boolean },
): TensorInfo {
  const values = nothing ? new Float32Array(util.sizeFromShape([...shape])) : undefined;
  return backend.makeTensorInfo([...shape], type === 'f32' ? 'float32' : 'int32', values);
}

function compile({ device }: WebgpuBackend, program: Program): GpuPipeline {
  const module = device.createShaderModule({ code: sourceOf(program), label: program.name });
  return device.createComputePipeline({ layout: 'auto', label: program.name, compute: { module } });
}

function sourceOf({ inputs, outputs, uniforms, threads, code }: Program): string {
  const buffers = [
    ...Object.entries(inputs).map(([name, type]) => `var<storage, read> ${name}: array<${type}>;`),
    ...Object.entries(outputs).map(([name, type]) => `var<storage, read_write> ${name}: array<${type}>;`),
    'var<uniform> uniforms: Uniforms;',
  ];
  const fields = Object.entries(uniforms).map(([name, type]) => `${name}: ${type},`);
  return `
struct Uniforms { ${fields.join(' ')} }
${buffers.map((declaration, i) => `@group(0) @binding(${i}) ${declaration}`).join('\n')}
${code()}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) place: vec3<u32>,
  @builtin(num_workgroups) extent: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  run(place.y * extent.x + place.x, thread);
}`;
}

interface Recording {
  readonly pipeline: GpuPipeline;
  readonly tensors: readonly TensorInfo[];
  readonly fields: Parameters<WebgpuBackend['makeUniforms']>[0];
  readonly groups: number;
}

/** As tfjs records its own programs, so that both are batched into the same submissions. */
function record(backend: WebgpuBackend, { pipeline, tensors, fields, groups }: Recording): void {
  // Uploads end the pass, so they come first.
  const bindings = [...tensors.map((tensor) => ({ buffer: bufferOf(backend, tensor) })), backend.makeUniforms(fields)];
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.map((resource, binding) => ({ binding, resource })),
  });
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder.beginComputePass();
  backend.computePassEncoder.setPipeline(pipeline);
  backend.computePassEncoder.setBindGroup(0, bindGroup);
  const rows = Math.ceil(groups / backend.device.limits.maxComputeWorkgroupsPerDimension);
  backend.computePassEncoder.dispatchWorkgroups(Math.ceil(groups / rows), rows);
  backend.dispatchCountInPass += 1;
  if (backend.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}
