import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { serveBeside } from './serve-beside.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const faceApi = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));

/** Without these two headers a browser gives a page no shared memory, and wasm one thread. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  root: path('.'),
  // Relative, so that the built folder works under any address.
  base: './',
  plugins: [
    serveBeside({
      '/checkpoint/': path(process.env.SOFD_CHECKPOINT ?? '../../packages/default-model/checkpoint'),
      '/samples/': join(faceApi, 'demo'),
    }),
  ],
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // As files: the page's policy allows no data: addresses to be fetched.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
