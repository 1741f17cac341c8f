import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '@sofd/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFileTree } from './file-tree.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sofd-tree-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('lists files sorted, hidden ones left out, links followed once', async () => {
  await mkdir(join(folder, 'b', 'c'), { recursive: true });
  await mkdir(join(folder, '.hidden'));
  for (const path of ['b/c/2.png', 'B.txt', 'a.txt', '.hidden/x.png', '.DS_Store'])
    await writeFile(join(folder, path), path);
  await symlink(folder, join(folder, 'b', 'loop'));
  await symlink(join(folder, 'a.txt'), join(folder, 'b', 'link.txt'));
  await symlink(join(folder, 'nowhere'), join(folder, 'broken'));
  const tree = await readFileTree(folder);
  expect(tree.files).toEqual(['B.txt', 'a.txt', 'b/c/2.png', 'b/link.txt']);
  expect(await tree.readText('b/link.txt')).toBe('a.txt');
  await expect(tree.readText('gone.txt')).rejects.toBeInstanceOf(DatasetError);
});

test('a folder that is not there is one sentence', async () => {
  const attempt = readFileTree(join(folder, 'missing'));
  await expect(attempt).rejects.toBeInstanceOf(DatasetError);
  await expect(attempt).rejects.toThrow(/^readFileTree: expected a readable folder, got .*missing; check its path\.$/);
});
