import type { PickleStorage, PickleValue } from './pickle-value.js';
import { malformedPickle, type Reader } from './reader.js';

/** The stack of a pickle: values, and marks from which on they belong together. */
export interface Stack {
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  size(): number;
  mark(): void;
  /** Removes the last mark and all values above it. */
  popToMark(): PickleValue[];
}

/** What an operation works on. */
export interface Machine {
  readonly reader: Reader;
  readonly stack: Stack;
  readonly memo: Map<number, PickleValue>;
  /** Storages by key. */
  readonly storages: Map<string, PickleStorage>;
  /** Lists, dictionaries and objects made so far. */
  made: number;
}

/** An empty stack; taking from it, or from below a mark, is an error. */
export function createStack(): Stack {
  const values: PickleValue[] = [];
  const marks: number[] = [];
  const assertFull = () => {
    if (values.length <= (marks.at(-1) ?? 0)) throw malformedPickle('a value on the stack', 'none');
  };
  return {
    push: (value) => void values.push(value),
    pop: () => {
      assertFull();
      return values.pop()!;
    },
    top: () => {
      assertFull();
      return values.at(-1)!;
    },
    size: () => values.length + marks.length,
    mark: () => void marks.push(values.length),
    popToMark: () => {
      const start = marks.pop();
      if (start === undefined) throw malformedPickle('a mark on the stack', 'none');
      return values.splice(start);
    },
  };
}
