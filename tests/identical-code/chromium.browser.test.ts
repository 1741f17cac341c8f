import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { describe, it } from 'vitest';
import { checkTrainingStep, limitMs } from './check-training-step.js';

describe.each([wasm(), webgpu()])('a bi-level training step on $name in a browser', (backend) => {
  it(
    "gives the numbers of Node's reference engine and leaves no tensor behind",
    (context) => checkTrainingStep(backend, context),
    limitMs,
  );
});
