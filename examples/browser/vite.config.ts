import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { serveCheckpoint } from './serve-checkpoint.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Without these two headers a browser gives a page no shared memory, and wasm one thread. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  root: path('.'),
  // Relative, so that the built folder works under any address.
  base: './',
  plugins: [serveCheckpoint(path(process.env.SOFD_CHECKPOINT ?? '../../demo-output/checkpoint'))],
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2022',
    // As files: the page's policy allows no data: addresses to be fetched.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: [path('index.html'), path('automation.html')] },
  },
});
