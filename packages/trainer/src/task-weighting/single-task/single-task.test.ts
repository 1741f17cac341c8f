import { InvalidOptionError } from '@sofd/core';
import { describe, expect, it } from 'vitest';
import { taskNames } from '../../loss/tasks.js';
import { type SingleTaskOptions, singleTask } from './single-task.js';

describe('singleTask', () => {
  it('gives one task all the weight, the primary one unless told otherwise', () => {
    const weightsOf = (options?: SingleTaskOptions) => {
      const rule = singleTask(options);
      return rule.weights(rule.init(taskNames));
    };
    expect(weightsOf()).toEqual([1, 0, 0]);
    expect(weightsOf({ task: 'local' })).toEqual([0, 0, 1]);
    expect(singleTask({ task: 'local' }).name).toBe('single-task/local');
  });

  it('refuses a task that there is not', () => {
    expect(() => singleTask({ task: 'fake' } as unknown as SingleTaskOptions)).toThrow(InvalidOptionError);
    expect(() => singleTask({ task: 'local' }).init(['primary'])).toThrow('primary, got local');
  });
});
