import { join, resolve } from 'node:path';
import { InvalidOptionError } from '@sofd/core';
import { defineExperiment } from '@sofd/trainer';
import { describe, expect, it } from 'vitest';
import { applySettings } from './apply-settings.js';

const experiment = defineExperiment({ epochs: 3, data: { folder: 'faces' }, weighting: { kind: 'auto-lambda' } });
const file = join('some', 'where', 'experiment.ts');

describe('applySettings', () => {
  it('sets what options name, each with the defaults of its kind', () => {
    expect(applySettings(experiment, { learningRate: 0.5, weighting: 'ca-grad', seed: 4 }, file)).toEqual({
      ...experiment,
      learningRate: 0.5,
      weighting: { kind: 'ca-grad' },
      seed: 4,
    });
  });

  it('takes out what cannot stand beside it, and what is set to null', () => {
    const steps = applySettings(experiment, { steps: 7, set: ['earlyStop.patience=3', 'graph=null'] }, file);
    expect(steps).toMatchObject({ steps: 7, earlyStop: { patience: 3 } });
    for (const key of ['epochs', 'graph']) expect(steps).not.toHaveProperty(key);
    const photographs = applySettings(experiment, { set: ['data.photographs=["npm:faces/a.jpg"]'] }, file);
    expect(photographs).toMatchObject({ data: { photographs: ['npm:faces/a.jpg'] } });
    expect(photographs).not.toHaveProperty('data.folder');
  });

  it('reads paths from where they are typed, though those of a file are relative to it', () => {
    const { data } = applySettings(experiment, { set: ['data.folder=mine'] }, file) as typeof experiment;
    expect(resolve('some', 'where', data.folder as string)).toBe(resolve('mine'));
  });

  it.each([['steps'], ['=3'], ['steps.count=3']])('refuses --set %s', (set) => {
    const given = { ...experiment, steps: 1 };
    expect(() => applySettings(given, { set: [set] }, file)).toThrow(InvalidOptionError);
  });
});
