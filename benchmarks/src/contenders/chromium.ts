// A contender in Chromium: `node chromium.js <wasm | onnxruntime-web> <folder of node_modules, or nothing>`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve, startChromium } from '@sofd-examples/browser/check';
import type { Browser, Page } from 'playwright';
import type { Contender, Prepared, Task } from './protocol.js';
import { serveContender } from './serve-contender.js';

const [name = '', modules = ''] = process.argv.slice(2);
const builtPage = fileURLToPath(new URL('../page/', import.meta.url));
let page: Page;
let browser: Browser | undefined;
let server: Awaited<ReturnType<typeof serve>> | undefined;

await serveContender({
  async prepare(task) {
    const started = await startChromium();
    if ('skipped' in started) throw new Error(started.skipped);
    browser = started.browser;
    server = await serve({
      '/page/': builtPage,
      '/data/': dirname(task.weights),
      ...(modules ? { '/onnxruntime-web/': join(modules, 'onnxruntime-web', 'dist') } : {}),
    });
    page = await browser.newPage();
    await page.goto(`${server.origin}/page/index.html?contender=${name}`);
    const { description, answer } = (await callPage('prepare', withUrls(task))) as Prepared;
    return { description: `${description}, Chromium ${browser.version()}`, answer };
  },
  run: (iterations) => callPage('run', iterations) as Promise<readonly number[]>,
  peakMemory: async () => peakMemoryOfRenderers(process.pid),
});
await browser?.close();
await server?.close();

function withUrls({ weights, images, graph, ...task }: Task): Task {
  const urlOf = (path: string) => `/data/${basename(path)}`;
  return { ...task, weights: urlOf(weights), images: urlOf(images), ...(graph ? { graph: urlOf(graph) } : {}) };
}

function callPage(call: keyof Contender, argument: unknown): Promise<unknown> {
  return page.evaluate(
    ([call, argument]) => {
      const { contender } = globalThis as unknown as { contender: Record<string, (argument: unknown) => unknown> };
      return contender[call]!(argument);
    },
    [call, argument] as const,
  );
}

/**
 * The peak memory of the largest page process below a process, MiB; NaN where there is no /proc.
 */
function peakMemoryOfRenderers(ancestor: number): number {
  if (!existsSync('/proc/self/status')) return Number.NaN;
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap(readProcess);
  const descends = (pid: number): boolean =>
    pid === ancestor || processes.some((one) => one.pid === pid && descends(one.parent));
  const renderers = processes.filter(({ pid, isRenderer }) => isRenderer && descends(pid));
  return Math.max(...renderers.map(({ peak }) => peak));
}

function readProcess(pid: string): { pid: number; parent: number; peak: number; isRenderer: boolean }[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (label: string) => Number(new RegExp(`^${label}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    const isRenderer = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
    return [{ pid: Number(pid), parent: field('PPid'), peak: field('VmHWM') / 1024, isRenderer }];
  } catch {
    // It has just ended.
    return [];
  }
}
