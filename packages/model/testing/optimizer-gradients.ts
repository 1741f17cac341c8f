import { ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { bytesSource } from '../src/convert/byte-source.js';
import type { PickleDictionary, PickleTensor, PickleValue } from '../src/convert/pickle/pickle-value.js';
import { readPickle } from '../src/convert/pickle/read-pickle.js';
import { storePickledWeights } from '../src/convert/pytorch/pickled-weights.js';
import type { WeightFile } from '../src/convert/weight-file.js';

/**
 * AdamW's first moments in a training state, by the names of the parameters: after one step they are a tenth of the
 * gradient, since the decay of the weights does not pass through them.
 *
 * @param bytes - the training state, of PyTorch 1.6 or later
 * @param names - of the parameters, in the optimizer's order
 */
export async function readFirstMoments(bytes: Uint8Array, names: readonly string[]): Promise<WeightFile> {
  const source = bytesSource(bytes);
  const reader = {
    size: bytes.length,
    init: async () => {},
    readUint8Array: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const entries = await new ZipReader(reader as unknown as ConstructorParameters<typeof ZipReader>[0]).getEntries();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const locate = async (suffix: string) => {
    const { offset } = entries.find(({ filename }) => filename.endsWith(suffix))!;
    return offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  };
  const { value } = readPickle(bytes.subarray(await locate('/data.pkl')));
  const at = (from: PickleValue | undefined, key: string | number) => (from as PickleDictionary).get(key);
  const state = at(at(value, 'optimizer'), 'state');
  const moments = new Map(names.map((name, index) => [name, at(at(state, index), 'exp_avg') as PickleTensor]));
  const tensors = await storePickledWeights(moments, source, ({ key }) => locate(`/data/${key}`));
  return { format: 'pytorch', tensors };
}
