import { describe, expect, it } from 'vitest';
import { blobSource } from './byte-source.js';
import { decodeFloats } from './decode-floats.js';
import { openWeightFile } from './open-weight-file.js';

// Written out, for a bundler finds files by literal names only.
const files = {
  'training.pth': new URL('fixtures/training.pth', import.meta.url),
  'training-legacy.pth': new URL('fixtures/training-legacy.pth', import.meta.url),
};

describe('a file that a user chose in a browser', () => {
  it.each(['training.pth', 'training-legacy.pth'] as const)('%s has the tensors that PyTorch saved', async (name) => {
    const response = await fetch(files[name]);
    const { tensors } = await openWeightFile(blobSource(await response.blob()));
    const tensor = tensors.get('transposed')!;
    expect(tensor.shape).toEqual([3, 2]);
    expect([...decodeFloats('F32', await tensor.read())]).toEqual([0, 0.75, 0.25, 1, 0.5, 1.25]);
  });

  it('ends with an error that says which name it has and may not', async () => {
    const response = await fetch(files['training-legacy.pth']);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    bytes.set(
      [...'argparsf'].map((char) => char.charCodeAt(0)),
      text.indexOf('argparse'),
    );
    await expect(openWeightFile(blobSource(new Blob([bytes])))).rejects.toThrow('argparsf.Namespace');
  });
});
