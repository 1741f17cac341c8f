import { createSgd } from '@sofd/tensor/training';
import type { LookAhead } from '../look-ahead.js';

/**
 * Looks ahead by plain gradient descent with coupled weight decay, also where AdamW trains the model:
 * θ' = θ - a (∇ Σ_i λ_i L_i + w θ). This is what the published code does.
 *
 * @returns a look-ahead for `autoLambda`
 * @see method.md section 5, step 1
 */
export const sgdLookAhead = (): LookAhead => ({
  name: 'sgd',
  step({ trainable, gradients, learningRate, weightDecay }) {
    const sgd = createSgd({ learningRate, weightDecay });
    const { params } = sgd.update(trainable, gradients, sgd.init(trainable));
    return { ahead: params, precondition: (direction) => direction, dispose: () => undefined };
  },
});
