import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DatasetError, InvalidOptionError, parseOptions, parseWith } from '../index.js';

const schema = v.strictObject({
  engine: v.picklist(['wasm', 'webgpu']),
  size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 224),
  crop: v.optional(v.strictObject({ scale: v.number(), shift: v.optional(v.array(v.number())) })),
  onStep: v.optional(v.function()),
});

const problemsOf = (value: unknown): readonly string[] => {
  try {
    parseOptions(schema, value, 'createThing');
  } catch (error) {
    if (InvalidOptionError.isInstance(error)) return error.problems;
    throw error;
  }
  return [];
};

describe('parseOptions', () => {
  it('returns the options with defaults', () => {
    const onStep = () => {};
    expect(parseOptions(schema, { engine: 'wasm', onStep }, 'createThing')).toEqual({
      engine: 'wasm',
      size: 224,
      onStep,
    });
  });

  it('reports all problems with their paths, every unknown key among them', () => {
    const onStep = () => {};
    expect(
      problemsOf({ sise: 3, engin: 'wasm', size: 1.5, crop: { scale: '1', shift: [1, 'b'], shfit: 1, x: 2 }, onStep }),
    ).toEqual([
      'engine: missing',
      'size: expected integer, got 1.5',
      'crop.scale: expected number, got "1"',
      'crop.shift.1: expected number, got "b"',
      'crop.shfit: unknown key (did you mean shift?)',
      'sise: unknown key (did you mean size?)',
      'crop.x: unknown key',
      'engin: unknown key (did you mean engine?)',
    ]);
  });

  it('says what was expected and what was got', () => {
    expect(problemsOf({ engine: 'cpu' })).toEqual(['engine: expected ("wasm" | "webgpu"), got "cpu"']);
    expect(problemsOf({ engine: 'wasm', size: 0 })).toEqual(['size: expected >=1, got 0']);
    expect(problemsOf('wasm')).toEqual(['expected Object, got "wasm"']);
    expect(problemsOf(undefined)).toEqual(['expected Object, got nothing']);
  });

  it('writes one problem on one line and several on a line each', () => {
    expect(() => parseOptions(schema, { engine: 1 }, 'createThing')).toThrow(
      expect.objectContaining({ message: 'createThing: engine: expected ("wasm" | "webgpu"), got 1.' }),
    );
    expect(() => parseOptions(schema, { a: 1, b: 2, engine: 'wasm' }, 'createThing')).toThrow(
      expect.objectContaining({ message: 'createThing: 2 problems:\n- a: unknown key\n- b: unknown key' }),
    );
  });

  it('does not change the value', () => {
    const value = { crop: { scale: 1, y: 1 }, x: 1 };
    problemsOf(value);
    expect(value).toEqual({ crop: { scale: 1, y: 1 }, x: 1 });
  });
});

describe('parseWith', () => {
  it('throws the class that was asked for', () => {
    expect(() => parseWith(schema, {}, 'row 3', DatasetError)).toThrow(DatasetError);
  });

  it('keeps the messages of own checks', () => {
    const even = v.strictObject({
      n: v.pipe(
        v.number(),
        v.check((n) => n % 2 === 0, 'expected an even number'),
      ),
    });
    expect(() => parseWith(even, { n: 3 }, 'row 3', DatasetError)).toThrow('row 3: n: expected an even number');
  });
});
