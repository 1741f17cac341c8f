import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { encodePng } from '@sofd/face';
import { createDetector } from '@sofd/inference';
import { writeCheckpointFolder } from '@sofd/model/node';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTinyFiles, drawPicture } from '../../packages/inference/test/tiny-checkpoint.js';
import { buildPage, compareInBrowser, serve, startChromium } from './check.mjs';

const started = await startChromium();
if ('skipped' in started) process.stderr.write(`examples/browser: not tested, ${started.skipped}.\n`);

describe.skipIf('skipped' in started)('the built page', () => {
  const { browser } = started as { browser: Browser };
  let folder: string;
  let server: Awaited<ReturnType<typeof serve>>;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    await buildPage();
    folder = await mkdtemp(join(tmpdir(), 'sofd-page-'));
    await writeCheckpointFolder(at('checkpoint'), await buildTinyFiles());
    await writeFile(at('picture.png'), await encodePng(drawPicture(1, { width: 96, height: 96 })));
    await writeFile(at('broken.jpg'), 'no picture');
    server = await serve({ '/': new URL('dist/', import.meta.url).pathname, '/checkpoint/': at('checkpoint') });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page, gives it a file, and waits until it has an answer. */
  async function ask(file: string, prepare: (page: Page) => Promise<unknown> = async () => undefined) {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(server.origin);
    await page.getByLabel('Engine').selectOption('wasm');
    await prepare(page);
    await page.getByLabel('Choose a photo').setInputFiles(at(file));
    await page.locator('#result:not([hidden]), #alert:not([hidden])').waitFor({ timeout: 60_000 });
    expect(foreign).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    return page;
  }

  it('judges a face crop and names every label to a screen reader', async () => {
    const page = await ask('picture.png', (fresh) => fresh.getByLabel('already is a face crop').check());
    expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('1 of 1 face altered');
    expect(await page.getByRole('meter').count()).toBe(9);
    expect(await page.getByRole('status').textContent()).toMatch(/^Done in .* on wasm\.$/);
    await page.close();
  });

  it('says where there is no face', async () => {
    const page = await ask('picture.png');
    expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('No face found');
    await page.close();
  });

  it('says what is wrong with a file, with the code of the error', async () => {
    const page = await ask('broken.jpg');
    expect(await page.getByRole('alert').textContent()).toContain('(IMAGE_DECODE)');
    await page.close();
  });

  it('fetches the weights once, and says where they came from', async () => {
    const page = await ask('picture.png', (fresh) => fresh.getByLabel('already is a face crop').check());
    const weights = page.locator('#engine-facts dt', { hasText: /^Weights$/ }).locator('+ dd');
    expect(await weights.textContent()).toBe('fetched (and cached)');
    const names: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/checkpoint/')) names.push(basename(request.url()));
    });
    await page.reload();
    await page.getByLabel('Choose a photo').setInputFiles(at('picture.png'));
    await page.locator('#result:not([hidden])').waitFor({ timeout: 60_000 });
    expect(await weights.textContent()).toBe('from the cache of this browser');
    expect(names).toEqual(['manifest.json']);
    await page.close();
  });

  it("gives Node's probabilities for the same picture", async () => {
    const detector = await createDetector({ model: at('checkpoint'), engine: 'wasm' });
    const expected = await detector.detect(at('picture.png'), { crop: 'none' });
    await detector.dispose();
    const compared = await compareInBrowser({
      checkpoint: at('checkpoint'),
      photo: at('picture.png'),
      engines: ['wasm'],
      expected,
      crop: 'none',
    });
    expect(compared).toMatchObject({ foreignRequests: [], engines: { wasm: { faces: 1 } } });
    // One engine, one picture: only the compilers of Node and Chromium differ.
    expect((compared as { maxDifference: number }).maxDifference).toBeLessThan(1e-6);
  });

  it('finds the difference where the faces are not those expected', async () => {
    const compared = await compareInBrowser({
      checkpoint: at('checkpoint'),
      photo: at('picture.png'),
      engines: ['wasm'],
      expected: [],
      crop: 'none',
    });
    expect((compared as { maxDifference: number }).maxDifference).toBe(Number.POSITIVE_INFINITY);
  });
});
