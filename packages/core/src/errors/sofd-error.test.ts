import { describe, expect, it } from 'vitest';
import * as core from '../index.js';

const classes = Object.entries(core).filter(
  (entry): entry is [string, core.SofdErrorClass & typeof core.DatasetError] =>
    typeof entry[1] === 'function' && entry[1].prototype instanceof core.SofdError,
);

describe('SofdError', () => {
  it.each(classes)('%s has its name, its code and its cause', (name, ErrorClass) => {
    const cause = new TypeError('below');
    const error = new ErrorClass('here: expected this, got that; do so.', { cause, problems: ['a'] });
    expect(error).toBeInstanceOf(core.SofdError);
    expect(error).toMatchObject({ name, cause, message: 'here: expected this, got that; do so.', problems: ['a'] });
    expect(error.code).toBe(ErrorClass.code);
    const words = name.replace(/Error$/, '').replace(/(?!^)([A-Z])/g, '_$1');
    expect(error.code).toBe(words.toUpperCase());
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it('has seventeen subclasses with codes of their own', () => {
    expect(classes).toHaveLength(17);
    expect(new Set(classes.map(([, { code }]) => code)).size).toBe(17);
  });

  it('has no cause and no problems where none were given', () => {
    const error = new core.NoFaceError('x');
    expect('cause' in error).toBe(false);
    expect(error.problems).toEqual([]);
  });

  it('recognises errors of its class only', () => {
    const error = new core.DatasetError('x');
    expect(core.SofdError.isInstance(error)).toBe(true);
    expect(core.DatasetError.isInstance(error)).toBe(true);
    expect(core.NoFaceError.isInstance(error)).toBe(false);
    for (const other of [null, undefined, 'DATASET', new Error('x'), { code: 'DATASET' }])
      expect(core.SofdError.isInstance(other)).toBe(false);
  });

  it('recognises errors of another copy of the package', () => {
    class DatasetError extends Error {
      readonly code = 'DATASET';
    }
    const foreign = Object.assign(new DatasetError('x'), { [Symbol.for('sofd.error')]: true });
    expect(foreign).not.toBeInstanceOf(core.SofdError);
    expect(core.DatasetError.isInstance(foreign)).toBe(true);
  });
});
