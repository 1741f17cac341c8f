import type { AdamWRates, FusedKernels } from '@sofd/tensor';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Attribute, type FunctionWriter, floats, type Node } from '../functions/function-def.js';
import type { Handle, OpAttribute, TensorflowBinding } from '../tensorflow-binding.js';
import type { Composition, Eager } from './eager.js';

/** TensorFlow's mark for a variable that lives as long as its handle. */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

const float: Attribute = { type: 'float' };

const read = (variable: Node, after: readonly Node[], writer: FunctionWriter): Node =>
  writer.add({ op: 'ReadVariableOp', inputs: [variable], after, attributes: { dtype: float } }, 'value')[0] as Node;

/**
 * Decay, then TensorFlow's Adam, which updates three variables in one pass and in place where nothing else holds their memory.
 *
 * It adds epsilon to the uncorrected root, so both corrections are in `rate` and `epsilon`.
 */
const update: Composition = {
  name: 'adam_w',
  types: {
    ...{ param: 'resource', m: 'resource', v: 'resource' },
    ...floats('gradient', 'decay', 'rate', 'beta1', 'beta2', 'epsilon'),
  },
  outputs: 3,
  write({ param, m, v, gradient, decay, rate, beta1, beta2, epsilon }, ops, writer) {
    const variables = [param, m, v] as Node[];
    const decayed = ops.binary('Mul', read(param as Node, [], writer), decay as Node);
    const assigned = writer.add(
      { op: 'AssignVariableOp', inputs: [param as Node, decayed], attributes: { dtype: float } },
      'none',
    );
    const uncorrected = [ops.scalar(0), ops.scalar(0)];
    const numbers = [...uncorrected, rate, beta1, beta2, epsilon, gradient] as Node[];
    const applied = writer.add(
      { op: 'ResourceApplyAdam', inputs: [...variables, ...numbers], after: assigned, attributes: { T: float } },
      'none',
    );
    return variables.map((variable) => read(variable, applied, writer));
  },
};

/**
 * AdamW on TensorFlow's variables.
 *
 * A variable stays with the tensor that was read from it, so that the next update, to which that tensor is donated, finds it.
 */
export function createAdamW(eager: Eager, binding: TensorflowBinding): Required<FusedKernels>['adamW'] {
  const { run, scalar } = eager;
  const type = (name: string): OpAttribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const text = (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value });
  const binary = (name: 'AddV2' | 'Mul' | 'Sub', a: Handle, b: Handle) => run(name, [a, b], [type('T')])[0] as Handle;

  const createVariable = (value: Handle): Handle => {
    const shape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: value.shape };
    const attributes = [type('dtype'), shape, text('container', ''), text('shared_name', anonymous)];
    const [variable] = run('VarHandleOp', [], attributes) as [Handle];
    run('AssignVariableOp', [variable, value], [type('dtype')], 0);
    return variable;
  };

  /** The variable that holds a tensor's values, and their memory for itself where the tensor is given away. */
  const variableOf = (tensor: TensorInfo, donate: boolean): Handle => {
    const [kept] = (donate && eager.take(tensor, 'variable')) || [];
    const variable = kept ?? createVariable(eager.of(tensor));
    const given = donate && eager.empty(tensor);
    if (given) eager.free(given);
    return variable;
  };

  const apply = (variables: readonly Handle[], gradient: Handle, rates: AdamWRates): TensorInfo[] => {
    const { decay, beta1, beta2, epsilon, stepSize, inverseRootCorrection2: correction } = rates;
    const numbers = [decay, stepSize / correction, beta1, beta2, epsilon / correction].map(scalar);
    return eager.call(update, [...variables, gradient, ...numbers]).map((value, i) => {
      const tensor = eager.tensor(value);
      eager.keep(tensor, 'variable', [variables[i] as Handle]);
      return tensor;
    });
  };

  return {
    update({ param, gradient, m, v, ema, gradientScale }, rates) {
      return eager.compute(() => {
        const slope = gradientScale ? binary('Mul', eager.of(gradient), eager.of(gradientScale)) : eager.of(gradient);
        const variables = [param, m, v].map((tensor) => variableOf(tensor, rates.donate));
        const updated = apply(variables, slope, rates);
        if (!ema) return updated;
        const average = eager.of(ema);
        const difference = binary('Sub', eager.of(updated[0] as TensorInfo), average);
        const step = binary('Mul', difference, scalar(1 - rates.emaDecay));
        return [...updated, eager.tensor(binary('AddV2', average, step))];
      });
    },
  };
}
