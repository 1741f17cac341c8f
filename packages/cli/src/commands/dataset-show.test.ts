import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatasetRow, faceForensics } from '@sofd/core';
import { relabel } from '@sofd/dataset';
import { type DatasetInfo, openDataset } from '@sofd/dataset/node';
import { encodePng } from '@sofd/face';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ContactSheetServer, serveContactSheet } from '../contact-sheet/serve-contact-sheet.js';
import { addContactSheet } from '../contact-sheet/write-contact-sheet.js';
import { runProgram } from '../program.js';

/** An id that would be a path, a tag and two parameters if it were not escaped. */
const hostileId = '../../secret"><script>&id=\'%2e%2e';

let root: string;
let folder: string;
let printed: string[];

const drawTile = (level: number) => encodePng({ width: 8, height: 8, data: new Uint8Array(8 * 8 * 3).fill(level) });

function createRow(change: Partial<DatasetRow>, manipulation = 'real'): DatasetRow {
  const { label, targets, altered } = relabel(faceForensics, manipulation, 'training');
  const id = change.id ?? 'a';
  return {
    ...{ file_name: `train/${id}.png`, id, label, manipulation, targets: [...targets], altered: [...altered] },
    ...{ mode: 'original', region: null, identity: 'p1', source: 'a.jpg', method: null, video: null, frame: null },
    ...{ track: null, quality: 1, showable: true, parents: [], split: 'train', seed: '1', mask: null, crop: 'v1' },
    measured: null,
    ...change,
  };
}

const rows = [
  createRow({ id: 'a' }),
  createRow({ id: hostileId, file_name: 'train/hostile.png' }),
  createRow({ id: 'hidden', showable: false }),
  createRow(
    { id: 'swap', mode: 'region-swap', region: 'mouth', parents: ['a', hostileId], mask: 'masks/swap.png' },
    'expansion:mouth',
  ),
  createRow(
    { id: 'of-hidden', mode: 'region-swap', region: 'nose', parents: ['hidden', 'a'], mask: 'masks/of-hidden.png' },
    'expansion:nose',
  ),
];

const digest = '0'.repeat(64);
const split = { rows: 0, modes: {}, identities: [] };
const info: DatasetInfo = {
  ...{ format: 'sofd-dataset', version: 2, seed: '1', crop: { version: 'v1', size: 8 } },
  ...{ labelGraph: faceForensics.definition, annotation: 'training' },
  source: { name: 'photo-folder', title: '3 photographs', problems: [] },
  recipe: {},
  counts: { items: 3, faces: 3, identities: 1, rows: 5, real: 3, fake: 2 },
  splits: { train: split, validation: split, test: split },
  skipped: [{ file: 'b.jpg', cause: 'no face', reason: 'no face found' }],
  measurement: null,
  ...{ digest, madeFrom: { input: digest, recipe: digest } },
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sofd-show-'));
  folder = join(root, 'data');
  for (const name of ['train', 'masks']) await mkdir(join(folder, name), { recursive: true });
  for (const [index, { file_name, mask }] of rows.entries()) {
    for (const file of [file_name, mask]) {
      if (file !== null) await writeFile(join(folder, file), await drawTile(40 * index));
    }
  }
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(info));
  await writeFile(join(folder, 'metadata.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeFile(join(folder, 'train', 'unnamed.png'), await drawTile(1));
  await writeFile(join(root, 'secret'), 'secret');
});
afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((line: unknown) => {
    printed.push(String(line));
  });
});
afterEach(() => vi.restoreAllMocks());

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

/** Sends a path as it is: `fetch` would resolve its dots. */
function get(url: string, path: string, { method = 'GET', host }: { method?: string; host?: string } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ hostname, port, path, method, ...(host === undefined ? {} : { headers: { host } }) });
    sent.once('error', reject);
    sent.once('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({
        status: response.statusCode!,
        type: response.headers['content-type'],
        body: Buffer.concat(chunks),
      });
    });
    sent.end();
  });
}

describe('the server of a contact sheet', () => {
  let server: ContactSheetServer;

  beforeAll(async () => {
    const dataset = await openDataset(folder);
    server = await serveContactSheet({ data: folder, dataset, port: 0, perMode: 12, seed: 1 });
  });
  afterAll(() => server.close());

  it('gives the sheet, and under each address in it the file of a row', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, type, body } = await get(server.url, '/');
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    const paths = [...body.toString().matchAll(/src="([^"]+)"/g)].map(([, path]) => path!.replaceAll('&amp;', '&'));
    // a, hostile, and target, donor, mask, result of swap; the target alone of what comes from what is hidden has one: its donor.
    expect(paths).toHaveLength(7);
    for (const path of paths) {
      const picture = await get(server.url, path);
      expect([picture.status, picture.type], path).toEqual([200, 'image/png']);
    }
    const hostile = await get(server.url, `/image?${new URLSearchParams({ id: hostileId })}`);
    expect(hostile.body).toEqual(await readFile(join(folder, 'train/hostile.png')));
    expect((await get(server.url, '/mask?id=swap')).body).toEqual(await readFile(join(folder, 'masks/swap.png')));
  });

  it('draws by the seed in the query, and leads to another', async () => {
    const sheet = (await get(server.url, '/?seed=41')).body.toString();
    expect(sheet).toContain('href="/?seed=42#samples"');
    expect((await get(server.url, '/?seed=41')).body.toString()).toBe(sheet);
    expect((await get(server.url, '/?seed=../1')).status).toBe(400);
  });

  it.each([
    '/../secret',
    '/image/../../secret',
    '/image?id=../../secret',
    '/image?id=..%2F..%2Fsecret',
    '/image?id=%2e%2e%2fsecret%00',
    '/image?id=/etc/passwd',
    '/image?id=train/unnamed.png',
    '/image?id=unnamed',
    '/image?id=__proto__',
    '/image?id=%E0%A4%A',
    '/image',
    '/train/a.png',
    '/metadata.jsonl',
    '/mask?id=a',
    '//image?id=a',
    'http://elsewhere.example/image?id=a',
    '/image?id=hidden',
    '/image?id=of-hidden',
    '/mask?id=of-hidden',
  ])('has no picture at %s', async (path) => {
    const { status, body } = await get(server.url, path);
    expect([status, body.toString()]).toEqual([404, 'There is no such picture.\n']);
  });

  it('answers neither other methods nor names that were pointed here', async () => {
    expect((await get(server.url, '/', { method: 'POST' })).status).toBe(405);
    expect((await get(server.url, '/image?id=a', { host: 'elsewhere.example' })).status).toBe(403);
    expect((await get(server.url, '/', { host: 'localhost:80' })).status).toBe(200);
  });
});

describe('sofd dataset show', () => {
  it('writes a file that needs nothing else and shows what may be shown', async () => {
    const output = join(root, 'sheet.html');
    const before = await readdir(root, { recursive: true });
    expect(await runProgram(['dataset', 'show', folder, '--output', output])).toBe(0);
    expect(printed.join()).toMatch(/sheet\.html: \d+ KiB, needs no network/);
    expect((await readdir(root, { recursive: true })).sort()).toEqual([...before, 'sheet.html'].sort());
    const text = await readFile(output, 'utf8');
    expect(text.match(/src="data:image\/jpeg;base64,/g)).toHaveLength(7);
    expect(text.match(/not to be shown/g)).toHaveLength(4);
    expect(text).toContain('2 samples are not shown');
    expect(text).toContain('b.jpg: no face found');
    expect(text).not.toMatch(/src="\//);
    await runProgram(['dataset', 'show', folder, '--output', output]);
    expect(await readFile(output, 'utf8')).toBe(text);
  });

  it('adds the sheet to a data set once', async () => {
    const copy = join(root, 'copy');
    await cp(folder, copy, { recursive: true });
    const output = await addContactSheet(copy, { seed: 1 });
    expect(output).toBe(join(copy, 'contact-sheet.html'));
    expect(await readFile(output, 'utf8')).toContain('<h1>Contact sheet</h1>');
    await writeFile(output, 'as it was');
    await addContactSheet(copy, { seed: 1 });
    expect(await readFile(output, 'utf8')).toBe('as it was');
  });

  it('says so where the file cannot be written, and leaves nothing behind', async () => {
    const before = await readdir(root, { recursive: true });
    expect(await runProgram(['dataset', 'show', folder, '--output', join(root, 'nowhere', 'sheet.html')])).toBe(1);
    expect(await runProgram(['dataset', 'show', folder, '--output', join(folder, 'train')])).toBe(1);
    expect(printed.join()).toMatch(
      /expected a place to write .*sheet\.html, got .*ENOENT.*choose another file.*EISDIR/,
    );
    expect(await readdir(root, { recursive: true })).toEqual(before);
  });

  it('serves until it is stopped', async () => {
    const json = join(root, 'result.json');
    const done = runProgram(['dataset', 'show', folder, '--json', json]);
    await vi.waitFor(() => expect(printed.join()).toMatch(/http:/), 10_000);
    const url = /http:\S+/.exec(printed.join())![0];
    expect((await get(url, '/')).status).toBe(200);
    process.emit('SIGINT');
    expect(await done).toBe(0);
    expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({ url });
    await expect(get(url, '/')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('says so where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    expect(await runProgram(['dataset', 'show', folder, '--port', String(port)])).toBe(1);
    expect(printed.join()).toContain(`expected a free port, got ${port}, one that is in use; give another --port`);
    other.close();
  });

  it('says so where there is no data set', async () => {
    expect(await runProgram(['dataset', 'show', root])).toBe(1);
    expect(printed.join()).toMatch(/expected dataset\.json in .*, got no readable file; check the path/);
  });

  it('refuses rows that name a link out of the folder', async () => {
    const linked = join(root, 'linked');
    await mkdir(join(linked, 'train'), { recursive: true });
    await symlink(join(root, 'secret'), join(linked, 'train', 'a.png'));
    await writeFile(join(linked, 'dataset.json'), JSON.stringify(info));
    await writeFile(join(linked, 'metadata.jsonl'), `${JSON.stringify(rows[0])}\n`);
    expect(await runProgram(['dataset', 'show', linked])).toBe(1);
    expect(printed.join()).toContain('expected the file train/a.png, got none');
  });
});
