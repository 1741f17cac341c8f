import { describe, expect, test } from 'vitest';
import { floats, writeFunction } from './function-def.js';
import { encode, mapField, messageField, numberField, textField } from './protobuf.js';

describe('the wire format of protocol buffers', () => {
  // The first three are the examples of its documentation.
  test.each([
    [numberField(1, 150), [8, 150, 1]],
    [textField(2, 'testing'), [18, 7, 116, 101, 115, 116, 105, 110, 103]],
    [messageField(3, numberField(1, 150)), [26, 3, 8, 150, 1]],
    [numberField(5, false), [40, 0]],
    [numberField(16, 2 ** 40), [128, 1, 128, 128, 128, 128, 128, 32]],
    [mapField(1, { a: numberField(6, 1) }), [10, 7, 10, 1, 97, 18, 2, 48, 1]],
  ])('%j', (message, bytes) => {
    expect([...encode(message)]).toEqual(bytes);
  });
});

test('a function names its nodes, their inputs and what has to run before', () => {
  const writer = writeFunction('twice', { x: 'float', state: 'resource' });
  const x = { output: 'x' };
  const saved = writer.add({ op: 'Save', inputs: [x] }, 'none');
  const [sum] = writer.add({ op: 'AddV2', inputs: [x, x], after: saved, attributes: { T: { type: 'float' } } }, 'z');
  // Tags and lengths as dots.
  const text = new TextDecoder('latin1').decode(writer.finish([sum!])).replaceAll(/[^ -~]/g, '.');
  expect(text).toContain('.twice');
  expect(text).toContain('n0..Save..x');
  expect(text).toContain('n1..AddV2..x..x..^n0');
  expect(text.endsWith('out0..n1:z:0')).toBe(true);
  expect(floats('a', 'b')).toEqual({ a: 'float', b: 'float' });
});
