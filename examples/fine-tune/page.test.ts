import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@sofd/backend-wasm';
import { createFaceFinder, cropFace, decodeImage, encodePng } from '@sofd/face';
import { createDetector } from '@sofd/inference';
import { useBackend } from '@sofd/tensor';
import { serve, startChromium } from '@sofd-examples/browser/check';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../packages/inference/test/tiny-checkpoint.js';

const started = await startChromium();
if ('skipped' in started) process.stderr.write(`examples/fine-tune: not tested, ${started.skipped}.\n`);

const here = fileURLToPath(new URL('.', import.meta.url));
const checkpoint = fileURLToPath(new URL('../../packages/default-model/checkpoint', import.meta.url));
const samples = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
const steps = 24;
/** Every stage of a page on two busy cores. */
const patience = { timeout: 240_000 };

describe.skipIf('skipped' in started)('the built page', { timeout: 300_000 }, () => {
  const { browser } = started as { browser: Browser };
  let folder: string;
  let server: Awaited<ReturnType<typeof serve>>;
  const at = (name: string) => join(folder, name);
  const foreign: string[] = [];

  /** Four single faces of four people, as the photographs of a few kilobytes that an emulated GPU searches in time. */
  async function writeCrops(): Promise<void> {
    const engine = await useBackend(wasm());
    const finder = await createFaceFinder();
    for (const [index, name] of ['sample2.jpg', 'sample4.jpg'].entries()) {
      const photo = await decodeImage(join(samples, name));
      const faces = await finder.find(photo);
      for (const [number, { landmarks }] of faces.slice(0, 2).entries())
        await writeFile(at(`crop-${2 * index + number + 1}.png`), await encodePng(cropFace(photo, landmarks).image));
    }
    finder.dispose();
    await engine.dispose();
  }

  beforeAll(async () => {
    const { build } = await import('vite');
    await build({ root: here, configFile: join(here, 'vite.config.ts'), logLevel: 'error' });
    folder = await mkdtemp(join(tmpdir(), 'sofd-fine-tune-'));
    await writeCrops();
    await writeFile(at('picture.png'), await encodePng(drawPicture(1, { width: 96, height: 96 })));
    await writeFile(at('broken.jpg'), 'no picture');
    server = await serve({ '/': join(here, 'dist/'), '/checkpoint/': checkpoint, '/samples/': samples });
  });
  afterAll(async () => {
    expect(foreign).toEqual([]);
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function openPage(engine: 'wasm' | 'webgpu'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    page.setDefaultTimeout(patience.timeout);
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(server.origin);
    await page.getByLabel('Engine').selectOption(engine);
    return page;
  }

  /** Finds the faces of what was chosen; gives what the alert says, or null. */
  async function findFaces(page: Page): Promise<string | null> {
    await page.getByRole('button', { name: 'Find the faces' }).click();
    await page.locator('#faces:not([hidden]), #alert:not([hidden])').first().waitFor(patience);
    const alert = page.locator('#alert:not([hidden])');
    return (await alert.count()) > 0 ? await alert.textContent() : null;
  }

  const waitForResult = (page: Page) => page.locator('#result:not([hidden])').waitFor(patience);

  /** Downloads the checkpoint and unpacks it into a folder. */
  async function download(page: Page, name: string) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Download the checkpoint/ }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('fine-tuned.zip');
    const files = unzipSync(await readFile(await file.path()));
    await mkdir(at(name));
    for (const [entry, bytes] of Object.entries(files)) await writeFile(join(at(name), entry), bytes);
    return JSON.parse(await readFile(join(at(name), 'manifest.json'), 'utf8'));
  }

  /** The held-out faces as the page shows them: pixels, and the score after training. */
  const readScores = (page: Page) =>
    page.locator('.scores tbody tr').evaluateAll((rows) =>
      Promise.all(
        rows.map(async (row) => {
          const image = await fetch(row.querySelector('img')!.src);
          const [, after] = [...row.querySelectorAll<HTMLElement>('td.score')].map(({ dataset }) =>
            Number(dataset.value),
          );
          return { png: [...new Uint8Array(await image.arrayBuffer())], after: after! };
        }),
      ),
    );

  /** Whether Node gives the page's scores for the same pixels with the file that was downloaded. */
  async function compareWithNode(page: Page, name: string): Promise<void> {
    const detector = await createDetector({ model: at(name), engine: 'wasm' });
    const scores = await readScores(page);
    // Real and altered ones, without the time that all take.
    const rows = scores.filter((_, index) => index % Math.ceil(scores.length / 6) === 0);
    for (const { png, after } of rows) {
      const { faces } = await detector.detect(Uint8Array.from(png), { crop: 'none' });
      expect(Math.abs(faces[0]!.probability - after)).toBeLessThan(1e-4);
    }
    await detector.dispose();
    expect(rows.length).toBeGreaterThan(1);
  }

  describe('with the sample photographs', () => {
    let page: Page;
    let undisturbed: string;
    beforeAll(async () => {
      page = await openPage('wasm');
      await page.getByRole('button', { name: 'Use the sample photographs' }).click();
      await page.locator('#files li').nth(5).waitFor();
      expect(await findFaces(page)).toBeNull();
      await page.getByLabel('Steps').fill(String(steps));
    }, 300_000);
    afterAll(() => page.close());

    it('trains in a worker, and the losses fall', async () => {
      await page.getByRole('button', { name: 'Fine-tune' }).click();
      await waitForResult(page);
      expect(page.workers().length).toBeGreaterThan(0);
      const sums = await page
        .locator('.numbers tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].slice(1, 4).reduce((sum, cell) => sum + Number(cell.textContent), 0)),
        );
      expect(sums).toHaveLength(steps);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(sums.slice(-5))).toBeLessThan(0.8 * mean(sums.slice(0, 5)));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wider).toBeLessThanOrEqual(0);
    });

    it('shows the scores that Node gives with the downloaded checkpoint', async () => {
      const manifest = await download(page, 'undisturbed');
      undisturbed = manifest.weights.sha256;
      expect(manifest.training).toMatchObject({ steps, initialCheckpoint: { name: 'sofd-default' } });
      await compareWithNode(page, 'undisturbed');
      expect(await page.locator('.honest').textContent()).toContain('do not show how often the model is right');
    });

    it('stops, goes on, and ends with the same weights as a run that was not stopped', async () => {
      await page.getByRole('button', { name: 'Fine-tune' }).click();
      await page.waitForFunction(() => document.querySelector('progress')!.value >= 3);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('button', { name: 'Go on' }).waitFor();
      const [, stopped] = /^Stopped after step (\d+)\.$/.exec((await page.getByRole('status').textContent())!)!;
      expect(Number(stopped)).toBeLessThan(steps);
      await page.getByRole('button', { name: 'Go on' }).click();
      await waitForResult(page);
      expect((await download(page, 'resumed')).weights.sha256).toBe(undisturbed);
    });

    it('makes a checkpoint of a run that was stopped', async () => {
      await page.getByLabel('Task weights').selectOption('equal');
      await page.getByRole('button', { name: 'Fine-tune' }).click();
      await page.waitForFunction(() => document.querySelector('progress')!.value >= 2);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('button', { name: 'Take it as it is' }).click();
      await waitForResult(page);
      const { training } = await download(page, 'stopped');
      expect(training.steps).toBe(await page.locator('.numbers tbody tr').count());
      expect(training.taskWeights).toEqual({ primary: 1, global: 1, local: 1 });
    });
  });

  it('says which files are no image and which show no face', async () => {
    const page = await openPage('wasm');
    await page.getByLabel('Real photographs').setInputFiles([at('picture.png'), at('broken.jpg')]);
    const alert = await findFaces(page);
    expect(alert).toContain('(DATASET)');
    expect(alert).toContain('got 0 real and 0 altered');
    expect(alert).toContain('picture.png: no face found');
    expect(alert).toMatch(/broken\.jpg: decodeImage: expected an image/);
    await page.close();
  });

  it('says which kind of photograph is missing', async () => {
    const page = await openPage('wasm');
    await page.getByLabel('Real photographs').setInputFiles([at('crop-1.png'), at('crop-2.png'), at('broken.jpg')]);
    expect(await findFaces(page)).toContain('got 2 real and 0 altered of 2 people');
    await page.close();
  });

  it('trains on WebGPU with photographs of both kinds', async ({ skip }) => {
    const page = await openPage('webgpu');
    const gpu = await page.evaluate(async () => (await navigator.gpu?.requestAdapter())?.info.architecture ?? 'none');
    // An emulated GPU looks for a face for nearly a minute.
    const isSlow = ['none', 'swiftshader'].includes(gpu) && process.env.SOFD_HEAVY !== '1';
    skip(isSlow, `the GPU of this Chromium is ${gpu}; SOFD_HEAVY=1 tests on it all the same, for some minutes`);
    await page.getByLabel('Real photographs').setInputFiles([at('crop-1.png'), at('crop-2.png')]);
    await page.getByLabel('What is altered').selectOption('reenactment');
    await page.getByLabel('Altered photographs').setInputFiles([at('crop-3.png'), at('crop-4.png')]);
    expect(await findFaces(page)).toBeNull();
    await page.getByLabel('Steps').fill('3');
    await page.getByRole('button', { name: 'Fine-tune' }).click();
    await waitForResult(page);
    await download(page, 'webgpu');
    await compareWithNode(page, 'webgpu');
    await page.close();
  });
});
