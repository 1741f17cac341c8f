import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Handle, OpAttribute, TensorflowBinding } from '../tensorflow-binding.js';
import type { Eager } from './eager.js';

type KernelCall = Parameters<KernelFunc>[0];

/** Some of tfjs-node's kernels, faster. What a kernel here does not take goes to the stock one. */
export function createPlainKernels(
  { compute, run, of, tensor, integers }: Eager,
  binding: TensorflowBinding,
  stock: (name: string) => KernelFunc,
): Record<'BatchMatMul' | 'Prelu' | 'Reshape' | 'Sum', KernelFunc> {
  const type = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const flag = (name: string, value: boolean): OpAttribute => ({ name, type: binding.TF_ATTR_BOOL, value });
  const float = type('T', binding.TF_FLOAT);
  const int32 = binding.TF_INT32;
  const reshape = [float, type('Tshape', int32)];
  const sum = [false, true].map((keeps) => [float, type('Tidx', int32), flag('keep_dims', keeps)]);
  const product = [false, true].map((turns) => [float, flag('transpose_a', turns), flag('transpose_b', false)]);

  /** A kernel for floats: nothing where the stock kernel is to do it. */
  const withStock = (name: string, create: (call: KernelCall) => Handle[] | undefined): KernelFunc => {
    const stockKernel = stock(name);
    return (call) => {
      const isFloat = Object.values(call.inputs).every((input) => input?.dtype === 'float32');
      const result = isFloat && compute(() => create(call)?.map(tensor)[0]);
      return result || stockKernel(call);
    };
  };

  return {
    // Of TensorFlow's two products the one that is faster on the CPU, but for a transposed right operand.
    BatchMatMul: withStock('BatchMatMul', ({ inputs, attrs }) => {
      const { a, b } = inputs as Record<'a' | 'b', TensorInfo>;
      const isPlain = a.shape.length === 2 && b.shape.length === 2 && attrs?.transposeB !== true;
      return isPlain ? run('MatMul', [of(a), of(b)], product[Number(attrs?.transposeA === true)]!) : undefined;
    }),
    // The stock kernel calls methods that tensors have only where the whole of tfjs is loaded.
    Prelu: withStock('Prelu', ({ inputs }) => {
      const { x, alpha } = inputs as Record<'x' | 'alpha', TensorInfo>;
      const apply = (name: string, ...handles: Handle[]) => run(name, handles, [float])[0] as Handle;
      const below = apply('Relu', apply('Neg', of(x)));
      return [apply('Sub', apply('Relu', of(x)), apply('Mul', of(alpha), below))];
    }),
    // The stock kernels make tensors of shapes and axes at every call.
    Reshape: withStock('Reshape', ({ inputs, attrs }) => {
      const { shape } = attrs as unknown as { shape: readonly number[] };
      return run('Reshape', [of(inputs.x as TensorInfo), integers(shape)], reshape);
    }),
    Sum: withStock('Sum', ({ inputs, attrs }) => {
      const { axis, keepDims } = attrs as unknown as { axis: number[]; keepDims: boolean };
      const x = inputs.x as TensorInfo;
      const axes = util.parseAxisParam(axis, x.shape);
      const last = x.shape.length - 1;
      const isOverRows = !keepDims && last > 0 && axes.length === last && !axes.includes(last);
      // Twice as fast.
      if (isOverRows) return run('BiasAddGrad', [of(x)], [float]);
      return run('Sum', [of(x), integers(axes)], sum[Number(keepDims)]!);
    }),
  };
}
