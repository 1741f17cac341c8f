import { wasm } from '@sofd/backend-wasm';
import { webgpu } from '@sofd/backend-webgpu';
import { countTensors, useBackend } from '@sofd/tensor';
import { describe, expect, it } from 'vitest';
import { checkUpdate, compareStep, type Golden } from './golden.js';
import goldenFile from './golden.json' with { type: 'json' };
import { runTrainingStep } from './training-step.js';

const golden: Golden = goldenFile;

describe.each([wasm(), webgpu()])('a bi-level training step on $name in a browser', (backend) => {
  it("gives the numbers of Node's reference engine and leaves no tensor behind", async (context) => {
    const availability = await backend.probe();
    if (!availability.available) context.skip(`${backend.name}: ${availability.reason} ${availability.remedy}`);
    const engine = await useBackend(backend);
    const before = countTensors();
    try {
      const step = await runTrainingStep();
      const { problems, worst, worstName } = compareStep(golden, step);
      context.annotate(`${engine.device}: uses ${(100 * worst).toFixed(1)} % of the tolerance of "${worstName}"`);
      expect(problems).toEqual([]);
      expect(checkUpdate(step)).toBeLessThan(1);
      expect(countTensors()).toBe(before);
    } finally {
      await engine.dispose();
    }
  }, 600_000);
});
