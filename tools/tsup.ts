import { defineConfig, type Options } from 'tsup';

/**
 * The one build of every package: ESM for Node 20.19 and modern browsers, one chunk graph per package.
 * Declarations come from `tsc -b` (see `build:types`), which knows the references between packages.
 */
export const definePackage = ({ entry, ...options }: Options & { entry: string[] }) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    splitting: true,
    sourcemap: true,
    // Keeps dist/*.d.ts and the build info of `tsc -b`.
    clean: ['!**/*.d.ts', '!**/*.tsbuildinfo'],
    dts: false,
    silent: true,
    // `#package/platform` is resolved by each package's own `imports` map, at the user's side.
    external: [/^#/, /^node:/],
    ...options,
  });
