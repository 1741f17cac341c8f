import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addonsFolder, findAddon, identifyLibrary, writeAddonRecord } from './addon-record.js';
import { addonSourceDigest } from './addon-source.js';
import { cacheFolder } from './cache-folder.js';
import { findTfjsNode, tfjsNodePackages } from './tfjs-node-package.js';

describe('the cache folder', () => {
  const place = (platform: NodeJS.Platform, env: Record<string, string> = {}) => ({ platform, env, home: '/home/me' });

  test.each([
    [place('linux'), '/home/me/.cache/sofd'],
    [place('linux', { XDG_CACHE_HOME: '/fast' }), '/fast/sofd'],
    [place('linux', { XDG_CACHE_HOME: 'relative' }), '/home/me/.cache/sofd'],
    [place('darwin', { XDG_CACHE_HOME: '/fast' }), '/home/me/Library/Caches/sofd'],
    [place('win32', { LOCALAPPDATA: '/local' }), '/local/sofd'],
  ])('of %j is %s', (given, folder) => {
    expect(cacheFolder(given)).toBe(folder);
  });
});

describe('the addon that the set-up left', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sofd-addon-'));
    vi.stubEnv('XDG_CACHE_HOME', folder);
    vi.stubEnv('LOCALAPPDATA', folder);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  /** Both packages are installed in this workspace. */
  const installed = tfjsNodePackages.map((name) => findTfjsNode(name)!);

  async function leaveAddon(tfjs = installed[0]!, source = addonSourceDigest) {
    const [addon, path] = [join(folder, 'addon.node'), join(folder, 'library.so')];
    for (const file of [addon, path]) await writeFile(file, 'binary');
    await writeAddonRecord(tfjs, {
      addon,
      source,
      tensorflow: { version: '2.21.0', cuda: null, library: identifyLibrary(path) },
    });
    return { addon, path };
  }

  test('is found again, for the package that it was built for', async () => {
    await leaveAddon(installed[1]);
    expect(findAddon()).toMatchObject({ tfjs: { name: 'tfjs-node' }, record: { tensorflow: { version: '2.21.0' } } });
    await leaveAddon(installed[0]);
    expect(findAddon()).toMatchObject({ tfjs: { name: 'tfjs-node-gpu', version: '4.22.0' } });
  });

  test('is asked for where there is none', () => {
    const remedy = 'Run `npx sofd setup tensorflow`.';
    expect(findAddon()).toEqual({ reason: 'not built for @tensorflow/tfjs-node-gpu', remedy });
  });

  test('is asked for again when TensorFlow was replaced or is gone', async () => {
    const { addon, path } = await leaveAddon();
    await utimes(path, 1, 1);
    expect(findAddon()).toMatchObject({ reason: `the TensorFlow that it was built for was replaced: ${path}` });
    await rm(path);
    expect(findAddon()).toMatchObject({ reason: `${path} is gone`, remedy: 'Run `npx sofd setup tensorflow` again.' });
    await leaveAddon();
    await rm(addon);
    expect(findAddon()).toMatchObject({ reason: `${addon} is gone` });
  });

  test('is asked for again when another version of this package built it', async () => {
    await leaveAddon(installed[0], 'older');
    expect(findAddon()).toMatchObject({ reason: 'built by another version of sofd' });
  });

  test('is asked for where the record is not one', async () => {
    await leaveAddon();
    const file = join(addonsFolder(), `tfjs-node-gpu-4.22.0-${process.platform}-${process.arch}.json`);
    for (const text of ['{', '{}', 'null']) {
      await writeFile(file, text);
      expect(findAddon()).toMatchObject({ reason: 'not built for @tensorflow/tfjs-node-gpu' });
    }
  });
});
