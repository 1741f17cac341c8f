// Runs the built page in Chromium and compares its probabilities with those of Node.
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChromium } from './chromium.mjs';
import { serve } from './serve.mjs';

export { serve, startChromium };

const folder = dirname(fileURLToPath(import.meta.url));
const dist = join(folder, 'dist');

/** The time of the latest change below these files and folders, or 0. */
async function lastChange(paths) {
  const times = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => null);
      if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
      return lastChange((await readdir(path)).map((name) => join(path, name)));
    }),
  );
  return Math.max(0, ...times);
}

/** Builds the page into dist/ where it is not built, or older than its sources or the built packages. */
export async function buildPage() {
  const packages = join(folder, '..', '..', 'packages');
  const built = (await readdir(packages)).map((name) => join(packages, name, 'dist'));
  const sources = ['src', 'index.html', 'automation.html', 'vite.config.ts'].map((name) => join(folder, name));
  const page = (await stat(join(dist, 'automation.html')).catch(() => null))?.mtimeMs ?? 0;
  if (page > (await lastChange([...sources, ...built]))) return;
  const { build } = await import('vite');
  await build({ root: folder, configFile: join(folder, 'vite.config.ts'), logLevel: 'error' });
}

async function isPng(path) {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === '\x89PNG';
  } finally {
    await file.close();
  }
}

/** The largest difference of any label's probability of any face; Infinity where the faces are not the same. */
function compareFaces(faces, expected) {
  if (faces.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = faces.flatMap((face, index) => [
    Math.abs(face.probability - expected[index].probability),
    ...Object.entries(face.labels).map(([name, { probability }]) =>
      Math.abs(probability - (expected[index].labels[name]?.probability ?? Number.POSITIVE_INFINITY)),
    ),
  ]);
  return Math.max(0, ...differences);
}

async function detectInPage(page, engine, crop) {
  await page.goto('automation.html');
  await page.waitForFunction(() => window.sofd);
  return page.evaluate(
    async ({ engine, crop }) => {
      const detector = await window.sofd.createDetector({
        model: new URL('checkpoint/', document.baseURI).href,
        engine,
      });
      const photo = await (await fetch('photo.png')).blob();
      const { faces } = await detector.detect(photo, { crop });
      await detector.dispose();
      return { faces, device: detector.info.device };
    },
    { engine, crop },
  );
}

/**
 * Judges one photo in Chromium on each engine and compares the probabilities with Node's.
 *
 * The photo must be a PNG, and `expected` must come from the same file: Chromium's JPEG decoder differs from Node's by a
 * few levels in some pixels, which would compare decoders instead of engines.
 *
 * @param {object} options
 * @param {string} options.checkpoint folder of the checkpoint
 * @param {string} options.photo path of a PNG
 * @param {('webgpu' | 'wasm')[]} [options.engines]
 * @param {{ faces: object[] } | object[]} options.expected Node's result for this photo, or its faces
 * @param {'auto' | 'none'} [options.crop] as given to Node
 * @param {number} [options.timeoutMs] for each engine
 * @returns {Promise<{ skipped: string } | {
 *   maxDifference: number,
 *   engines: Record<string, { maxDifference: number, faces: number, device: string } | { failed: string }>,
 *   foreignRequests: string[] }>} `maxDifference` over all engines and labels, Infinity where one found other faces or failed
 */
export async function compareInBrowser({
  checkpoint,
  photo,
  engines = ['webgpu', 'wasm'],
  expected,
  crop = 'auto',
  timeoutMs = 300_000,
}) {
  if (!(await isPng(photo)))
    throw new TypeError(
      `compareInBrowser.photo: expected a PNG, got ${photo}; browsers and Node decode JPEG differently.`,
    );
  const started = await startChromium();
  if ('skipped' in started) return started;
  const { browser } = started;
  let server;
  try {
    await buildPage();
    server = await serve({ '/': dist, '/checkpoint/': resolve(checkpoint), '/photo.png': resolve(photo) });
    const { origin } = server;
    const page = await browser.newPage({ baseURL: `${origin}/` });
    page.setDefaultTimeout(timeoutMs);
    const foreignRequests = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) foreignRequests.push(url);
    });
    const faces = Array.isArray(expected) ? expected : expected.faces;
    const results = {};
    for (const engine of engines) {
      try {
        const found = await withTimeout(detectInPage(page, engine, crop), timeoutMs);
        results[engine] = {
          maxDifference: compareFaces(found.faces, faces),
          faces: found.faces.length,
          device: found.device,
        };
      } catch (error) {
        results[engine] = {
          failed: String(error.message)
            .replace(/^page\.evaluate: /, '')
            .split('\n    at ')[0],
        };
      }
    }
    const maxDifference = Math.max(
      0,
      ...Object.values(results).map((result) => result.maxDifference ?? Number.POSITIVE_INFINITY),
    );
    return { maxDifference, engines: results, foreignRequests };
  } finally {
    await server?.close();
    await browser.close();
  }
}

function withTimeout(promise, timeoutMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
