import { native, tensorflow } from '@sofd/backend-node';
import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { useBackend } from '@sofd/tensor';
import { reference } from '@sofd/tensor/reference';
import { describe, expect, it } from 'vitest';
import { checkTrainingStep, golden, limitMs } from './check-training-step.js';
import { checkUpdate, compareStep } from './golden.js';
import { runTrainingStep } from './training-step.js';

describe.each([reference(), wasm(), native(), tensorflow(), webgpu()])(
  'a bi-level training step on $name in Node',
  (backend) => {
    it(
      "gives the reference engine's numbers and leaves no tensor behind",
      (context) => checkTrainingStep(backend, context),
      limitMs,
    );
  },
);

describe('the comparison', () => {
  it('sees a wrong weight, a wrong update and a missing number', async () => {
    const engine = await useBackend(wasm());
    const step = await runTrainingStep();
    await engine.dispose();
    const name = Object.keys(step.after)[0] as string;
    const change = (part: 'after' | 'firstMoments', by: number) => {
      const array = step[part][name]!;
      return { ...step, [part]: { ...step[part], [name]: { ...array, data: array.data.map((value) => value * by) } } };
    };
    expect(compareStep(golden, change('after', 1.01)).problems).not.toEqual([]);
    expect(compareStep(golden, change('firstMoments', 1.001)).problems).not.toEqual([]);
    expect(checkUpdate(change('after', 1.00001))).toBeGreaterThan(1);
    expect(compareStep({ ...golden, more: { values: [1], tolerance: [1] } }, step).problems).toHaveLength(1);
    expect(compareStep(golden, { ...step, losses: step.losses.map((loss) => loss * 1.001) }).problems).not.toEqual([]);
  });
});
