import { build } from 'vite';

/**
 * Builds the page in which contenders run in Chromium, from the built packages.
 *
 * @param root - the page's folder.
 * @param outDir - where the built page goes.
 */
export async function buildPage(root: string, outDir: string): Promise<void> {
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000 },
    worker: { format: 'es' },
  });
}
