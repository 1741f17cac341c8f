import { InvalidOptionError, parseOptions } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { resolveWeighting, weightingSchema } from './weighting-options.js';

const read = (options: unknown) => parseOptions(weightingSchema, options, 'weighting');
const nameOf = (options: unknown) => resolveWeighting(read(options), 1).name;

describe('the weighting of an experiment', () => {
  it.each([
    [{ kind: 'equal' }, 'equal'],
    [{ kind: 'single-task', task: 'local' }, 'single-task/local'],
    [{ kind: 'uncertainty', learningRate: 0.01 }, 'uncertainty'],
    [{ kind: 'dynamic-weight-average', temperature: 1 }, 'dynamic-weight-average'],
    [{ kind: 'grad-norm', alpha: 0.5, sharedParameter: 'text.projection' }, 'grad-norm'],
    [{ kind: 'pc-grad' }, 'pc-grad'],
    [{ kind: 'ca-grad', c: 0.5 }, 'ca-grad'],
    [{ kind: 'mgda', normalization: 'loss+' }, 'mgda/loss+'],
    [{ kind: 'famo', gamma: 0.01 }, 'famo'],
    [{ kind: 'auto-lambda', hypergradient: 'exact', lookAhead: 'adam-w' }, 'auto-lambda/exact/adam-w'],
    [{ kind: 'auto-lambda' }, 'auto-lambda/finite-difference/sgd'],
  ])('%o is the rule %s', (options, name) => {
    expect(nameOf(options)).toBe(name);
  });

  it('is plain JSON with the defaults of the rule, and complete', () => {
    expect(read({ kind: 'ca-grad' })).toEqual({ kind: 'ca-grad', c: 0.4 });
    expect(read({ kind: 'auto-lambda' })).toEqual({
      kind: 'auto-lambda',
      hypergradient: 'finite-difference',
      lookAhead: 'sgd',
      learningRate: 1e-3,
      initial: 1,
      primary: ['primary'],
    });
    for (const kind of ['grad-norm', 'famo', 'mgda', 'uncertainty', 'single-task', 'dynamic-weight-average']) {
      const options = read({ kind });
      expect(read(JSON.parse(JSON.stringify(options)))).toEqual(options);
    }
  });

  it.each([
    [{ kind: 'ca-grad', c: -1 }, 'c'],
    [{ kind: 'mgda', normalisation: 'l2' }, 'normalisation'],
    [{ kind: 'auto-lambda', primary: [] }, 'primary'],
    [{ kind: 'single-task', task: 'fake' }, 'task'],
    [{ kind: 'random' }, 'kind'],
  ])('refuses %o', (options, part) => {
    expect(() => read(options)).toThrow(InvalidOptionError);
    expect(() => read(options)).toThrow(part);
  });
});
