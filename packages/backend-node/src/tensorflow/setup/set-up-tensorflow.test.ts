import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUpTensorflow, tensorflow } from '@sofd/backend-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addonsFolder } from '../addon/addon-record.js';
import { findCompiler } from './compile-addon.js';
import { findTensorflow } from './find-tensorflow.js';
import { thisHost } from './host.js';

const host = thisHost();
const missing = await findTensorflow(host)
  .then(() => findCompiler(host))
  .then(
    () => undefined,
    (error: Error) => error.message,
  );

describe.skipIf(missing !== undefined)(`the set-up${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sofd-setup-'));
    vi.stubEnv('XDG_CACHE_HOME', folder);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  test('builds an addon that the engine finds, once', async () => {
    const stages: number[] = [];
    const first = await setUpTensorflow({ progress: ({ done, total }) => stages.push(done / total) });
    expect(first.built).toBe(true);
    expect(stages).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(first.addon.startsWith(folder)).toBe(true);
    expect(await tensorflow().probe()).toMatchObject({
      available: true,
      detail: expect.stringContaining(`TensorFlow ${first.tensorflow.version}`),
    });
    expect(await setUpTensorflow()).toEqual({ ...first, built: false });
  });

  test('leaves nothing behind when the compilation fails', async () => {
    const before = await readdir(addonsFolder());
    // A compiler that is content and writes nothing.
    vi.stubEnv('CXX', '/bin/true');
    await expect(setUpTensorflow({ force: true })).rejects.toThrow('expected the built addon to load');
    vi.stubEnv('CXX', undefined);
    expect(await readdir(addonsFolder())).toEqual(before);
  });
});
