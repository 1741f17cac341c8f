import { SofdError } from '@sofd/core';
import { type Entry, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { type ByteSource, malformedFile, readRange } from '../byte-source.js';
import { readPickle } from '../pickle/read-pickle.js';
import type { WeightFile } from '../weight-file.js';
import { storageBytes, storePickledWeights } from './pickled-weights.js';

/** The largest pickle that is read; that of CLIP with its optimizer has half a MB. */
const maxPickleBytes = 32 * 2 ** 20;
/** The most files in an archive; CLIP with its optimizer has 1,000. */
const maxEntries = 100_000;
const maxShortEntry = 64;

/** Signature and length of what stands before the content of an entry, apart from its name and extra field. */
const localHeader = { signature: 0x04034b50, length: 30 };

/**
 * The directory of an archive. zip.js reads it through ranges, also where it is of the 64-bit kind; smaller libraries want
 * the whole archive in memory.
 */
async function listEntries(source: ByteSource): Promise<ReadonlyMap<string, Entry>> {
  let entries: readonly Entry[];
  try {
    const reader = {
      size: source.size,
      init: async () => {},
      readUint8Array: (offset: number, length: number) =>
        readRange(source, { offset, length }, 'the directory of the archive'),
    };
    entries = await new ZipReader(reader as unknown as ConstructorParameters<typeof ZipReader>[0], {
      useWebWorkers: false,
    }).getEntries();
  } catch (cause) {
    if (SofdError.isInstance(cause)) throw cause;
    throw malformedFile('a zip archive', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (entries.length > maxEntries) throw malformedFile(`at most ${maxEntries} entries`, `${entries.length}`);
  const byName = new Map(entries.map((entry) => [entry.filename, entry]));
  if (byName.size < entries.length) throw malformedFile('every name once', 'an archive with two entries of one name');
  return byName;
}

/** Where the content of an entry starts. PyTorch never compresses numbers, so that they can be read in place. */
async function locateEntry(source: ByteSource, entry: Entry): Promise<number> {
  const { filename, compressionMethod, encrypted, compressedSize, uncompressedSize, offset } = entry;
  if (compressionMethod !== 0 || encrypted || compressedSize !== uncompressedSize)
    throw malformedFile(`${filename} stored as it is`, 'a compressed or encrypted entry');
  const header = await readRange(source, { offset, length: localHeader.length }, filename);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== localHeader.signature)
    throw malformedFile(`${filename} at byte ${offset}`, 'something else');
  const start = offset + localHeader.length + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + uncompressedSize > source.size)
    throw malformedFile(`${filename} within the file`, `${uncompressedSize} bytes from ${start} on`);
  return start;
}

async function readEntry(source: ByteSource, entry: Entry, maxBytes: number): Promise<Uint8Array> {
  const length = entry.uncompressedSize;
  if (length > maxBytes) throw malformedFile(`${entry.filename} of at most ${maxBytes} bytes`, `${length}`);
  return readRange(source, { offset: await locateEntry(source, entry), length }, entry.filename);
}

/**
 * Opens what `torch.save` and `torch.jit.save` write: an archive with one pickle and a file for each storage.
 *
 * @param source - the file
 * @throws CheckpointFormatError for anything else
 */
export async function openPyTorchZip(source: ByteSource): Promise<WeightFile> {
  const entries = await listEntries(source);
  const folders = [...entries.keys()].flatMap((name) => /^([^/]+)\/data\.pkl$/.exec(name)?.[1] ?? []);
  const [folder] = folders;
  if (folder === undefined || folders.length > 1)
    throw malformedFile(
      'an archive with one data.pkl, as torch.save writes it',
      `${folders.length} of ${entries.size} entries`,
    );
  const order = entries.get(`${folder}/byteorder`);
  if (order !== undefined) {
    const text = new TextDecoder().decode(await readEntry(source, order, maxShortEntry));
    if (text !== 'little') throw malformedFile('little-endian numbers', JSON.stringify(text));
  }
  const { value } = readPickle(await readEntry(source, entries.get(`${folder}/data.pkl`)!, maxPickleBytes));
  const tensors = await storePickledWeights(value, source, async (storage) => {
    const entry = entries.get(`${folder}/data/${storage.key}`);
    if (entry === undefined) throw malformedFile(`the storage ${folder}/data/${storage.key}`, 'none');
    if (storageBytes(storage) > entry.uncompressedSize)
      throw malformedFile(`${storageBytes(storage)} bytes in ${entry.filename}`, `${entry.uncompressedSize}`);
    return locateEntry(source, entry);
  });
  return { format: 'pytorch', tensors };
}
