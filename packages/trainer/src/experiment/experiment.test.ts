import { faceForensics, ffsc, InvalidOptionError, LabelGraphError } from '@sofd/core';
import { defineModelConfig, modelPresets, tokenizePrompts } from '@sofd/model';
import { describe, expect, it } from 'vitest';
import { countSteps, defineExperiment, type ExperimentInput, resolveExperiment } from './experiment.js';

describe('defineExperiment', () => {
  it('fills in the defaults, to JSON that gives the same experiment again', () => {
    const experiment = defineExperiment({ steps: 10, data: { folder: 'faces' } });
    expect(experiment).toMatchObject({
      model: 'demo',
      graph: 'faceForensics',
      trainable: 'all',
      data: { folder: 'faces' },
      weighting: { kind: 'auto-lambda', hypergradient: 'finite-difference', learningRate: 1e-3, initial: 1 },
    });
    expect(defineExperiment(JSON.parse(JSON.stringify(experiment)) as ExperimentInput)).toEqual(experiment);
  });

  it('reports all problems at once, unknown keys among them', () => {
    const wrong = {
      steps: 0,
      weigting: {},
      weighting: { kind: 'equal', hypergradient: 'exact' },
      model: 'huge',
      trainable: 'none',
    };
    const define = () => defineExperiment(wrong as unknown as ExperimentInput);
    expect(define).toThrow(InvalidOptionError);
    for (const part of ['steps', 'weigting', 'hypergradient', 'model', 'trainable']) expect(define).toThrow(part);
  });
});

describe('countSteps', () => {
  it('counts steps of epochs, whose batches are accumulated', () => {
    expect(countSteps(defineExperiment({}), 7)).toBe(300);
    expect(countSteps(defineExperiment({ epochs: 20 }), 7)).toBe(140);
    expect(countSteps(defineExperiment({ epochs: 20, accumulate: 2 }), 7)).toBe(60);
    expect(countSteps(defineExperiment({ epochs: 2, accumulate: 9 }), 7)).toBe(2);
    expect(() => defineExperiment({ epochs: 2, steps: 3 })).toThrow(/steps or epochs, got both/);
  });
});

describe('resolveExperiment', () => {
  it('turns names into what train takes', () => {
    const { config, graph, weighting, schedule } = resolveExperiment(
      defineExperiment({ model: 'tiny', graph: 'ffsc', weighting: { kind: 'auto-lambda', hypergradient: 'exact' } }),
    );
    expect(graph).toBe(ffsc);
    expect(config.vision.kind).toBe('vit');
    expect(weighting.name).toBe('auto-lambda/exact/sgd');
    expect(schedule(0, { batchesPerEpoch: 1, steps: 10 })).toBe(1);
    expect(resolveExperiment(defineExperiment({ weighting: { kind: 'equal' } })).weighting.name).toBe('equal');
  });

  it('takes a model and a graph of your own', () => {
    const model = { embedDim: 4, vision: { kind: 'pooled-stem' }, text: { width: 8, depth: 1 } };
    const graph = JSON.parse(JSON.stringify(faceForensics.definition)) as Record<string, unknown>;
    const resolved = resolveExperiment(defineExperiment({ model, graph }));
    expect(resolved.config.embedDim).toBe(4);
    expect(resolved.graph.labels).toEqual(faceForensics.labels);
  });

  it('refuses a model or a graph that is none', () => {
    expect(() => resolveExperiment(defineExperiment({ model: { embedDim: 4 } }))).toThrow(InvalidOptionError);
    expect(() => resolveExperiment(defineExperiment({ graph: { primary: 1 } }))).toThrow(LabelGraphError);
  });

  it('takes model and graph of the initial checkpoint, unless it has its own', () => {
    const checkpoint = { graph: ffsc, config: defineModelConfig(modelPresets.tiny, ffsc) };
    const experiment = defineExperiment({ initialCheckpoint: 'clip' });
    expect(experiment).not.toHaveProperty('model');
    expect(defineExperiment(JSON.parse(JSON.stringify(experiment)) as ExperimentInput)).toEqual(experiment);
    expect(resolveExperiment(experiment, checkpoint)).toMatchObject({ graph: ffsc, config: checkpoint.config });

    const other = resolveExperiment(
      defineExperiment({ initialCheckpoint: 'clip', graph: 'faceForensics' }),
      checkpoint,
    );
    expect(other.graph).toBe(faceForensics);
    expect(other.config.vision).toEqual(checkpoint.config.vision);
    expect(() => tokenizePrompts(other.config, faceForensics)).not.toThrow();
    const own = resolveExperiment(defineExperiment({ initialCheckpoint: 'clip', model: 'demo' }), checkpoint);
    expect(own.config.vision.kind).toBe('pooled-stem');
  });

  it('refuses to start from a checkpoint that it was not given', () => {
    expect(() => resolveExperiment(defineExperiment({ initialCheckpoint: 'clip' }))).toThrow(InvalidOptionError);
  });
});
