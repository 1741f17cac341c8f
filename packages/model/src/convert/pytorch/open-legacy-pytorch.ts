import { type ByteSource, malformedFile, readRange } from '../byte-source.js';
import { describePickleValue, type PickleStorage, type PickleValue } from '../pickle/pickle-value.js';
import { type Pickle, readPickle } from '../pickle/read-pickle.js';
import { PickleEndError } from '../pickle/reader.js';
import type { WeightFile } from '../weight-file.js';
import { storageBytes, storePickledWeights } from './pickled-weights.js';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/** What is read first, and how much at most; the pickles say nowhere how long they are. */
const firstBytes = 2 ** 20;
const maxPickleBytes = 32 * 2 ** 20;

interface Pickles {
  readonly root: PickleValue;
  readonly storages: ReadonlyMap<string, PickleStorage>;
  /** Names of the storages in their order. */
  readonly keys: readonly string[];
  /** Where they end. */
  readonly length: number;
}

/** Magic number, version, facts of the machine, the value, and the order of the storages: five pickles. */
function readPickles(bytes: Uint8Array): Pickles {
  let length = 0;
  const nextPickle = (): Pickle => {
    const pickle = readPickle(bytes.subarray(length));
    length += pickle.length;
    return pickle;
  };
  const next = (): PickleValue => nextPickle().value;
  const magic = next();
  if (magic !== magicNumber) throw malformedFile("PyTorch's magic number", describePickleValue(magic));
  const version = next();
  if (version !== protocolVersion)
    throw malformedFile(`version ${protocolVersion} of PyTorch's format`, describePickleValue(version));
  const machine = next();
  if (machine instanceof Map && machine.get('little_endian') === false)
    throw malformedFile('little-endian numbers', 'big-endian ones');
  const { value: root, storages } = nextPickle();
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string'))
    throw malformedFile('the names of the storages', describePickleValue(keys));
  return { root, storages, keys, length };
}

async function readAllPickles(source: ByteSource): Promise<Pickles> {
  for (let limit = firstBytes; ; limit *= 4) {
    const length = Math.min(limit, source.size, maxPickleBytes);
    try {
      return readPickles(await readRange(source, { offset: 0, length }, 'the pickles'));
    } catch (error) {
      if (!(error instanceof PickleEndError) || length === source.size || length === maxPickleBytes) throw error;
    }
  }
}

interface Located {
  readonly start: number;
  readonly bytes: number;
}

/** Storages lie one after the other, each behind its length; how wide its numbers are, only the pickle says. */
async function locateStorages(
  source: ByteSource,
  { storages, keys, length }: Pickles,
): Promise<ReadonlyMap<string, Located>> {
  const located = new Map<string, Located>();
  let start = length;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined) throw malformedFile('storages that the pickle names', `storage ${key.slice(0, 60)}`);
    const header = await readRange(source, { offset: start, length: 8 }, `storage ${key}`);
    const stored = new DataView(header.buffer, header.byteOffset, 8).getBigUint64(0, true);
    if (stored !== BigInt(storage.length))
      throw malformedFile(`${storage.length} numbers in storage ${key}`, `${stored}`);
    const bytes = storageBytes(storage);
    located.set(key, { start: start + 8, bytes });
    start += 8 + bytes;
    if (start > source.size)
      throw malformedFile(`storage ${key} within the file`, `${bytes} bytes that end at byte ${start}`);
  }
  if (located.size < keys.length) throw malformedFile('every storage once', 'one twice');
  return located;
}

/**
 * Opens what `torch.save` wrote before PyTorch 1.6: pickles, then the storages one after the other.
 *
 * @param source - the file
 * @throws CheckpointFormatError for anything else
 */
export async function openLegacyPyTorch(source: ByteSource): Promise<WeightFile> {
  const pickles = await readAllPickles(source);
  const located = await locateStorages(source, pickles);
  const tensors = await storePickledWeights(pickles.root, source, async ({ key }) => {
    const start = located.get(key)?.start;
    if (start === undefined) throw malformedFile(`storage ${key}`, 'none');
    return start;
  });
  return { format: 'pytorch-legacy', tensors };
}
