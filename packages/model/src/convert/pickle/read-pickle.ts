import { operations, stop } from './operations.js';
import type { PickleStorage, PickleValue } from './pickle-value.js';
import { createReader, malformedPickle } from './reader.js';
import { createStack, type Machine } from './stack.js';

/** A pickle, read. */
export interface Pickle {
  readonly value: PickleValue;
  /** All storages that it names. */
  readonly storages: ReadonlyMap<string, PickleStorage>;
  /** How many bytes it took. */
  readonly length: number;
}

/** The most lists, dictionaries and objects that a pickle may make; CLIP's largest with its optimizer makes 20,000. */
const maxObjects = 500_000;

/**
 * Interprets a pickle as data.
 *
 * Only operations that build lists, dictionaries, numbers and strings are known, and only names of an allow-list: nothing
 * that the file says is looked up, imported or called. The work is bounded by the length, since every operation takes a
 * byte and none copies what is already there.
 *
 * @param bytes - the pickle, and what follows it
 * @throws CheckpointFormatError for any other operation or name; PickleEndError where the bytes end before the pickle
 */
export function readPickle(bytes: Uint8Array): Pickle {
  const reader = createReader(bytes);
  const machine: Machine = { reader, stack: createStack(), memo: new Map(), storages: new Map(), made: 0 };
  for (;;) {
    const code = reader.uint8();
    if (code === stop) break;
    const operation = operations.get(code);
    if (operation === undefined)
      throw malformedPickle(
        'operations that build data',
        `operation 0x${code.toString(16)} at byte ${reader.position() - 1}`,
      );
    operation(machine);
    if (machine.made > maxObjects) throw malformedPickle(`at most ${maxObjects} objects`, 'more');
  }
  const value = machine.stack.pop();
  if (machine.stack.size() > 0) throw malformedPickle('one value', 'several');
  return { value, storages: machine.storages, length: reader.position() };
}
