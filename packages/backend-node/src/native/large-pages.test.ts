import { expect, test, vi } from 'vitest';

const onLinux = process.platform === 'linux';
const reason = onLinux ? '' : ' (skipped: not on Linux)';

/** The module keeps the function that it found, so each test has one of its own. */
async function load(advise: ((...args: readonly unknown[]) => unknown) | undefined, libraries: readonly string[]) {
  vi.resetModules();
  const { useLargePages } = await import('./large-pages.js');
  const foreign = {
    load(path: string) {
      if (!libraries.includes(path)) throw new Error(`${path}: cannot open`);
      return { find: () => advise, unload: () => {} };
    },
  };
  return (address: number, byteLength: number) => useLargePages(foreign, { address, byteLength });
}

test.skipIf(!onLinux)(`asks for the whole pages inside of a range${reason}`, async () => {
  const advise = vi.fn();
  const use = await load(advise, ['libc.so.6']);
  use(65_536 * 3 + 1, 65_536 * 4);
  expect(advise.mock.calls).toEqual([[65_536 * 4, 65_536 * 3, 14]]);
});

test.skipIf(!onLinux)(`asks for nothing where no page lies inside${reason}`, async () => {
  const advise = vi.fn();
  const use = await load(advise, ['libc.so.6']);
  use(65_537, 100_000);
  expect(advise).not.toHaveBeenCalled();
});

test.skipIf(!onLinux)(`does without a C library that it knows, and without the function${reason}`, async () => {
  for (const libraries of [[], ['libc.so']]) (await load(undefined, libraries))(0, 2 ** 32);
});
