import { wasm } from '@sofd/backend-wasm';
import { faceForensics as graph, InvalidOptionError } from '@sofd/core';
import { assertNoLeak, disposeTree, flattenTree, ones, readTensor, tidy, useBackend } from '@sofd/tensor';
import { describeOracle } from '@sofd-internal/oracle';
import { beforeAll, expect, it } from 'vitest';
import { readTokenizer } from '../../testing/oracle-clip.js';
import { encodeImages } from '../encode.js';
import type { ModelParameters } from '../parameters/model-parameters.js';
import { resamplePositions } from '../vision-encoder/vit/resample-positions.js';
import { bytesSource } from './byte-source.js';
import { loadClip } from './load-clip.js';
import { openWeightFile } from './open-weight-file.js';

beforeAll(() => useBackend(wasm()));

const readPositions = async (params: ModelParameters) =>
  Float32Array.from(await readTensor(flattenTree(params).get('vision.positions')!));

describeOracle('clip_tiny/B_formats', (group) => {
  it('weights are read for images of another size, with their positions resampled', async () => {
    const file = await openWeightFile(bytesSource(group.bytes('state_dict_allhalf.pt')));
    const load = (imageSize?: number) =>
      loadClip(file, graph, { tokenizer: readTokenizer(group), ...(imageSize === undefined ? {} : { imageSize }) });
    await assertNoLeak(async () => {
      const own = await load();
      const { patchSize, imageSize, width } = own.config.vision as {
        patchSize: number;
        imageSize: number;
        width: number;
      };
      const larger = await load(imageSize + 2 * patchSize);
      const grid = imageSize / patchSize + 2;
      expect(larger.config.vision).toEqual({ ...own.config.vision, imageSize: grid * patchSize });
      const positions = await readPositions(own.params);
      expect(await readPositions(larger.params)).toEqual(resamplePositions(positions, { width, grid }));
      const same = await load(imageSize);
      expect(await readPositions(same.params)).toEqual(positions);
      const side = grid * patchSize;
      const embedding = tidy(() => encodeImages(larger.config, larger.params, ones([1, side, side, 3])));
      expect(embedding.shape).toEqual([1, own.config.embedDim]);
      await expect(load(imageSize + 1)).rejects.toThrow(InvalidOptionError);
      disposeTree({ own: own.params, larger: larger.params, same: same.params, embedding });
    });
  });
});
