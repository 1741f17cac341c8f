import { type Backend, countTensors, useBackend } from '@sofd/tensor';
import { expect, type TestContext } from 'vitest';
import { checkUpdate, compareStep, type Golden } from './golden.js';
import goldenFile from './golden.json' with { type: 'json' };
import { runTrainingStep } from './training-step.js';

/** The reference engine's numbers. */
export const golden: Golden = goldenFile;

/** A software GPU takes minutes. */
export const limitMs = 600_000;

/** Takes the step on an engine, compares it with the reference engine's, and looks for tensors that are left over. */
export async function checkTrainingStep(backend: Backend, context: TestContext): Promise<void> {
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
}
