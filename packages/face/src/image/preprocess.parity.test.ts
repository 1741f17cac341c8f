import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeOracle } from '@sofd-internal/oracle';
import { expect, it } from 'vitest';
import { decodeImage } from './decode-image.js';
import { clipMean, clipStd, normalizePixels } from './model-input.js';
import { resizeShortSide } from './resize-bicubic.js';
import { resizeTensorBicubic } from './resize-tensor-bicubic.js';

interface Resized {
  readonly out_shape_chw: readonly [number, number, number];
  readonly u8_sha256: string;
  readonly samples_c_y_x: readonly (readonly [number, number, number])[];
  readonly samples_value: readonly number[];
}

interface Case {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly decoded_rgb_sha256: string;
  readonly [size: `n_px_${number}`]: Resized;
}

interface DiffusionCase {
  readonly file: string;
  readonly samples_c_y_x: readonly (readonly [number, number, number])[];
  readonly samples_value: readonly number[];
}

const hash = (data: Uint8Array | Uint8ClampedArray) => createHash('sha256').update(data).digest('hex');
const clip = { mean: clipMean, std: clipStd };

describeOracle('preprocess', (group) => {
  // JPEG decoders may differ by a few levels, and the reference ignores the orientation: its own pixels lie beside each JPEG.
  const load = (file: string) => decodeImage(join(group.folder, file.replace(/\.jpe?g$/, '.decoded.png')));
  const hasFile = (file: string) => existsSync(join(group.folder, file.replace(/\.jpe?g$/, '.decoded.png')));

  for (const entry of group.json<Case[]>('cases.json').filter(({ file }) => hasFile(file))) {
    const sizes = Object.keys(entry).filter((key): key is `n_px_${number}` => /^n_px_\d+$/.test(key));
    it(`decodes ${entry.file} to the reference's bytes`, async () => {
      const image = await load(entry.file);
      expect([image.width, image.height]).toEqual([entry.width, entry.height]);
      expect(hash(image.data)).toBe(entry.decoded_rgb_sha256);
    });
    for (const key of sizes) {
      it(`resizes and normalises ${entry.file} as the reference, short side ${key.slice(5)}`, async () => {
        const expected = entry[key]!;
        const [, height, width] = expected.out_shape_chw;
        const resized = resizeShortSide(await load(entry.file), Number(key.slice(5)));
        expect([resized.width, resized.height]).toEqual([width, height]);
        expect(hash(resized.data)).toBe(expected.u8_sha256);
        const normalized = normalizePixels(resized, clip); // [height, width, 3]
        expected.samples_c_y_x.forEach(([c, y, x], i) => {
          // The samples are rounded to 7 decimals; one float32 step at 2.1 is 2.4e-7.
          expect(Math.abs(normalized[(y * width + x) * 3 + c]! - expected.samples_value[i]!)).toBeLessThanOrEqual(3e-7);
        });
      });
    }
  }

  const findFile = (name: string) =>
    group.json<Case[]>('cases.json').find(({ file }) => file.includes(`/${name}.`))!.file;
  const arrayNames = (kind: string) => Object.keys(group.manifest.arrays).filter((name) => name.startsWith(`${kind}_`));

  it.for(arrayNames('u8'))('gives every byte of %s', async (name) => {
    const [, size, stem] = /^u8_(\d+)\/(.+)$/.exec(name)!;
    const resized = resizeShortSide(await load(findFile(stem!)), Number(size));
    expect(Buffer.compare(Buffer.from(resized.data), Buffer.from(group.array(name).data as Uint8Array))).toBe(0);
  });

  it.for(arrayNames('tensor'))('gives every number of %s', async (name) => {
    const [, size, stem] = /^tensor_(\d+)\/(.+)$/.exec(name)!;
    const { shape, data } = group.array(name); // [3, height, width]
    const [, height, width] = shape as [number, number, number];
    const normalized = normalizePixels(resizeShortSide(await load(findFile(stem!)), Number(size)), clip);
    const planar = data.map(
      (_: number, i: number) => normalized[(i % (height * width)) * 3 + Math.floor(i / (height * width))]!,
    );
    let largest = 0;
    data.forEach((value: number, i: number) => {
      largest = Math.max(largest, Math.abs(value - planar[i]!));
    });
    expect(largest).toBeLessThanOrEqual(group.tolerance(name).absolute);
  });

  const diffusion = existsSync(join(group.folder, 'diffusion_collate.json'))
    ? group.json<DiffusionCase[]>('diffusion_collate.json')
    : [];
  it.for(diffusion.filter(({ file }) => hasFile(file)))(
    'resizes the tensor of $file as the reference',
    async (entry) => {
      const resized = resizeShortSide(await load(entry.file), 224);
      const tensor = { width: resized.width, height: resized.height, data: normalizePixels(resized, clip) };
      const square = resizeTensorBicubic(tensor, { width: 224, height: 224 });
      entry.samples_c_y_x.forEach(([c, y, x], i) => {
        // Stated by the group's README for this path.
        expect(Math.abs(square.data[(y * 224 + x) * 3 + c]! - entry.samples_value[i]!)).toBeLessThanOrEqual(1e-4);
      });
    },
  );
});
