import { type ByteSource, malformedFile, readRange } from './byte-source.js';
import { openLegacyPyTorch } from './pytorch/open-legacy-pytorch.js';
import { openPyTorchZip } from './pytorch/open-pytorch-zip.js';
import { openSafetensors } from './safetensors/open-safetensors.js';
import type { WeightFile } from './weight-file.js';

/**
 * Opens a file of weights and reads nothing but its directory; which kind it is, its first bytes say.
 *
 * Known are what `torch.save` writes and wrote before PyTorch 1.6, TorchScript archives such as OpenAI's CLIP, training
 * states with the weights under `model` or `state_dict`, and safetensors. Nothing in a file is ever run: its pickle is
 * interpreted as data, and any name outside an allow-list ends the reading.
 *
 * @param source - the file, in memory, from a file chooser or, in Node, on disk
 * @returns the tensors by name, to be read one by one; `module.` of DataParallel is taken off
 * @throws CheckpointFormatError for a damaged file, another kind of file, and a pickle that names anything but data
 * @example
 * ```ts
 * import { bytesSource, openWeightFile } from '@sofd/model/convert';
 * import { encodeSafetensors } from '@sofd/tensor';
 *
 * const bytes = encodeSafetensors({ bias: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } });
 * const { tensors } = await openWeightFile(bytesSource(bytes));
 * tensors.get('bias')?.shape; // [2]
 * ```
 */
export async function openWeightFile(source: ByteSource): Promise<WeightFile> {
  const start = await readRange(source, { offset: 0, length: Math.min(9, source.size) }, 'the first bytes');
  if (start[0] === 0x50 && start[1] === 0x4b) return openPyTorchZip(source);
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return openLegacyPyTorch(source);
  if (start[8] === 0x7b) return openSafetensors(source);
  if (start[0] === 0x1f && start[1] === 0x8b)
    throw malformedFile('a file of weights', 'one that is compressed by gzip; unpack it with gunzip');
  throw malformedFile(
    'a PyTorch or safetensors file',
    `other first bytes (${[...start].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')})`,
  );
}
