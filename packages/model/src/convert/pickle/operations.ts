import { callGlobal, createInstance, findGlobal, readStorageId, setItem } from './globals.js';
import { describePickleValue, isKind, type PickleDictionary, type PickleValue } from './pickle-value.js';
import { malformedPickle } from './reader.js';
import type { Machine } from './stack.js';

/** The operation that ends a pickle. */
export const stop = 0x2e;

/** The newest protocol of pickles. */
const maxProtocol = 5;

const char = (letter: string) => letter.charCodeAt(0);

/** The little-endian two's complement of up to 255 bytes. */
function readLong({ reader }: Machine): number | bigint {
  const bytes = reader.take(reader.uint8());
  if (bytes.length === 0) return 0;
  const hexadecimal = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${hexadecimal.join('')}`));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readProtocol({ reader }: Machine): void {
  const protocol = reader.uint8();
  if (protocol > maxProtocol) throw malformedPickle(`protocol ${maxProtocol} at most`, `${protocol}`);
}

/** Pushes a new list, dictionary or object. */
function make(machine: Machine, value: PickleValue): void {
  machine.made++;
  machine.stack.push(value);
}

function popSeveral({ stack }: Machine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => stack.pop()).reverse();
}

function popText({ stack }: Machine): string {
  const value = stack.pop();
  if (typeof value !== 'string') throw malformedPickle('a name', describePickleValue(value));
  return value;
}

function listOnTop({ stack }: Machine): PickleValue[] {
  const list = stack.top();
  if (!Array.isArray(list)) throw malformedPickle('a list', describePickleValue(list));
  return list;
}

function dictionaryOf(value: PickleValue): PickleDictionary {
  if (value instanceof Map) return value;
  if (isKind(value, 'record')) return value.items;
  throw malformedPickle('a dictionary', describePickleValue(value));
}

function setItems(dictionary: PickleDictionary, items: readonly PickleValue[]): void {
  for (let i = 0; i < items.length; i += 2) setItem(dictionary, items[i], items[i + 1]);
}

/** Gives an object its attributes. Those of a dictionary, such as the versions of a state dict, are left out. */
function build(machine: Machine): void {
  const state = machine.stack.pop();
  const target = machine.stack.top();
  if (!(state instanceof Map)) throw malformedPickle('attributes of an object', describePickleValue(state));
  if (target instanceof Map) return;
  if (!isKind(target, 'record')) throw malformedPickle('an object that takes attributes', describePickleValue(target));
  // Copies count, or a small file could ask for many of one large dictionary.
  machine.made += state.size;
  for (const [key, value] of state) target.items.set(key, value);
}

/** One storage may be named by many tensors, always in the same words. */
function nameStorage(machine: Machine): void {
  const storage = readStorageId(machine.stack.pop());
  const { dtype, length } = machine.storages.get(storage.key) ?? storage;
  if (dtype !== storage.dtype || length !== storage.length)
    throw malformedPickle(`storage ${storage.key} of ${length} ${dtype}`, `${storage.length} ${storage.dtype}`);
  machine.storages.set(storage.key, storage);
  make(machine, storage);
}

function recall({ stack, memo }: Machine, index: number): void {
  const value = memo.get(index);
  if (value === undefined) throw malformedPickle('a value that was kept before', `number ${index}`);
  stack.push(value);
}

/**
 * All operations that are known, by their byte: the ones that PyTorch's protocols 2 to 5 write. A tuple becomes a list.
 * Text protocols, byte strings, objects by class and arguments, and extension codes are not among them.
 */
export const operations: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, readProtocol],
  [0x95, ({ reader }) => void reader.take(8)],
  [char('('), ({ stack }) => stack.mark()],
  [char('0'), ({ stack }) => void stack.pop()],
  [char('1'), ({ stack }) => void stack.popToMark()],
  [char('2'), ({ stack }) => stack.push(stack.top())],
  [char('N'), ({ stack }) => stack.push(null)],
  [0x88, ({ stack }) => stack.push(true)],
  [0x89, ({ stack }) => stack.push(false)],
  [char('J'), ({ stack, reader }) => stack.push(reader.int32())],
  [char('K'), ({ stack, reader }) => stack.push(reader.uint8())],
  [char('M'), ({ stack, reader }) => stack.push(reader.uint16())],
  [0x8a, (machine) => machine.stack.push(readLong(machine))],
  [char('G'), ({ stack, reader }) => stack.push(reader.float64BigEndian())],
  [char('X'), ({ stack, reader }) => stack.push(reader.text(reader.uint32()))],
  [0x8c, ({ stack, reader }) => stack.push(reader.text(reader.uint8()))],
  [0x8d, ({ stack, reader }) => stack.push(reader.text(reader.uint64()))],
  [char(']'), (machine) => make(machine, [])],
  [char('}'), (machine) => make(machine, new Map())],
  [char(')'), (machine) => make(machine, [])],
  [char('l'), (machine) => make(machine, machine.stack.popToMark())],
  [char('t'), (machine) => make(machine, machine.stack.popToMark())],
  [0x85, (machine) => make(machine, popSeveral(machine, 1))],
  [0x86, (machine) => make(machine, popSeveral(machine, 2))],
  [0x87, (machine) => make(machine, popSeveral(machine, 3))],
  [
    char('d'),
    (machine) => {
      const dictionary: PickleDictionary = new Map();
      setItems(dictionary, machine.stack.popToMark());
      make(machine, dictionary);
    },
  ],
  [
    char('a'),
    (machine) => {
      const item = machine.stack.pop();
      listOnTop(machine).push(item);
    },
  ],
  [
    char('e'),
    (machine) => {
      const items = machine.stack.popToMark();
      const list = listOnTop(machine);
      for (const item of items) list.push(item);
    },
  ],
  [
    char('s'),
    (machine) => {
      const items = popSeveral(machine, 2);
      setItems(dictionaryOf(machine.stack.top()), items);
    },
  ],
  [
    char('u'),
    (machine) => {
      const items = machine.stack.popToMark();
      setItems(dictionaryOf(machine.stack.top()), items);
    },
  ],
  [char('c'), ({ stack, reader }) => stack.push(findGlobal(reader.line(), reader.line()))],
  [
    0x93,
    (machine) => {
      const name = popText(machine);
      machine.stack.push(findGlobal(popText(machine), name));
    },
  ],
  [
    char('R'),
    (machine) => {
      const args = machine.stack.pop();
      make(machine, callGlobal(machine.stack.pop(), args));
    },
  ],
  [
    0x81,
    (machine) => {
      const args = machine.stack.pop();
      make(machine, createInstance(machine.stack.pop(), args));
    },
  ],
  [char('b'), build],
  [char('Q'), nameStorage],
  [char('q'), ({ stack, memo, reader }) => void memo.set(reader.uint8(), stack.top())],
  [char('r'), ({ stack, memo, reader }) => void memo.set(reader.uint32(), stack.top())],
  [0x94, ({ stack, memo }) => void memo.set(memo.size, stack.top())],
  [char('h'), (machine) => recall(machine, machine.reader.uint8())],
  [char('j'), (machine) => recall(machine, machine.reader.uint32())],
]);
