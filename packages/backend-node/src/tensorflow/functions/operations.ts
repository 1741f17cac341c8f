import type { Attribute, FunctionWriter, Node } from './function-def.js';

/** Operations of one tensor, element by element; `Softmax` is over the last dimension. */
type UnaryName = keyof typeof unaryOutputs;

/** Operations of two tensors, element by element, with the broadcasting of NumPy. */
type BinaryName = 'AddV2' | 'Mul' | 'SigmoidGrad' | 'Sub';

/** TensorFlow has a name for every output. */
const unaryOutputs = { Rsqrt: 'y', Sigmoid: 'y', Softmax: 'softmax', Square: 'y' } as const;

/** The operations that functions are written with. All are of floats. */
export interface Operations {
  unary(name: UnaryName, x: Node): Node;
  binary(name: BinaryName, a: Node, b: Node): Node;
  /** The product of two matrices. */
  matMul(a: Node, b: Node): Node;
  /** The products of two equal stacks of matrices, each transposed where asked. */
  matMulStacks(a: Node, b: Node, transpose?: { readonly a?: boolean; readonly b?: boolean }): Node;
  /** Adds a row to every row: [..., rows, width] and [width]. */
  addRow(x: Node, row: Node): Node;
  /** [rows, width] -> [width] */
  sumRows(x: Node): Node;
  /** [..., width] -> [..., 1] */
  sumLast(x: Node): Node;
  /** [..., width] -> [..., 1] */
  meanLast(x: Node): Node;
  /** One extent may be -1: what is left. */
  reshape(x: Node, shape: readonly number[]): Node;
  transpose(x: Node, order: readonly number[]): Node;
  /** Joins tensors along their first dimension. */
  concat(parts: readonly Node[]): Node;
  /** Splits a tensor along its first dimension into parts of one size. */
  split(x: Node, count: number): Node[];
  floats(values: Float32Array, shape: readonly number[]): Node;
  scalar(value: number): Node;
}

const float: Attribute = { type: 'float' };
const int32: Attribute = { type: 'int32' };
const ofFloats = { T: float } as const;

const overLast = { ...ofFloats, Tidx: int32, keep_dims: { flag: true } } as const;

/** Writes operations into a function. */
export function createOperations(writer: FunctionWriter): Operations {
  type Attributes = Readonly<Record<string, Attribute>>;
  const add = (op: string, inputs: readonly Node[], output: string, attributes: Attributes = ofFloats): Node =>
    writer.add({ op, inputs, attributes }, output)[0] as Node;
  const constant = (tensor: Float32Array | Int32Array, shape: readonly number[]): Node => {
    const dtype = tensor instanceof Int32Array ? int32 : float;
    return add('Const', [], 'output', { dtype, value: { tensor, shape } });
  };
  const integers = (values: readonly number[]) => constant(Int32Array.from(values), [values.length]);
  const integer = (value: number) => constant(Int32Array.of(value), []);
  return {
    unary: (name, x) => add(name, [x], unaryOutputs[name]),
    binary: (name, a, b) => add(name, [a, b], 'z'),
    matMul: (a, b) =>
      add('MatMul', [a, b], 'product', { ...ofFloats, transpose_a: { flag: false }, transpose_b: { flag: false } }),
    matMulStacks: (a, b, { a: transposeA = false, b: transposeB = false } = {}) =>
      add('BatchMatMulV2', [a, b], 'output', { ...ofFloats, adj_x: { flag: transposeA }, adj_y: { flag: transposeB } }),
    addRow: (x, row) => add('BiasAdd', [x, row], 'output', { ...ofFloats, data_format: { text: 'NHWC' } }),
    sumRows: (x) => add('BiasAddGrad', [x], 'output', { ...ofFloats, data_format: { text: 'NHWC' } }),
    sumLast: (x) => add('Sum', [x, integers([-1])], 'output', overLast),
    meanLast: (x) => add('Mean', [x, integers([-1])], 'output', overLast),
    reshape: (x, shape) => add('Reshape', [x, integers(shape)], 'output', { ...ofFloats, Tshape: int32 }),
    transpose: (x, order) => add('Transpose', [x, integers(order)], 'y', { ...ofFloats, Tperm: int32 }),
    concat: (parts) =>
      add('ConcatV2', [...parts, integer(0)], 'output', { ...ofFloats, Tidx: int32, N: { number: parts.length } }),
    split: (x, count) =>
      writer.add(
        { op: 'Split', inputs: [integer(0), x], attributes: { ...ofFloats, num_split: { number: count } } },
        'output',
        count,
      ),
    floats: constant,
    scalar: (value) => constant(Float32Array.of(value), []),
  };
}
