import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Packages are tested from their sources: `@sofd/x/y` is packages/x/src/y/index.ts, `#x/platform` its platform file, `#x/y/platform` that of its part y. */
const aliases = (platform: 'node' | 'browser') => [
  { find: /^#([^/]+)\/platform$/, replacement: `${root}packages/$1/src/platform/${platform}.ts` },
  { find: /^#([^/]+)\/([^/]+)\/platform$/, replacement: `${root}packages/$1/src/$2/platform/${platform}.ts` },
  { find: /^@sofd\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
  { find: /^@sofd\/([^/]+)\/([^/]+)$/, replacement: `${root}packages/$1/src/$2/index.ts` },
];

const chromium = process.env.SOFD_CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: aliases('node') },
        test: {
          name: 'node',
          environment: 'node',
          include: ['{packages,tests,examples,benchmarks}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One tfjs engine per process: test files must not share it.
          pool: 'forks',
          // tfjs-core's gradient files are ES modules without extensions, which only a bundler resolves.
          server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core\.node)/] } },
        },
      },
      {
        resolve: { alias: aliases('browser') },
        test: {
          name: 'browser',
          include: ['packages/**/*.browser.test.ts', 'tests/**/*.browser.test.ts'],
          testTimeout: 300_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(existsSync(chromium) ? { executablePath: chromium } : {}),
                args: ['--no-sandbox', '--enable-unsafe-webgpu', '--disable-quic', '--disable-background-networking'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
        server: {
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        },
      },
    ],
  },
});
