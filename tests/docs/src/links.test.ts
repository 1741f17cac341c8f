import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './snippet.js';

/** Pages that the site does not build; VitePress checks the links of the others. */
const pages = [
  ...readdirSync(repository).map((name) => join(repository, name)),
  ...['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(repository, folder)).map((name) => join(repository, folder, name, 'README.md')),
  ),
].filter((path) => path.endsWith('.md') && existsSync(path));

test('a relative link in a README leads somewhere', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!.split('#')[0]!)
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(dirname(page), target)))
      .map((target) => `${relative(repository, page)}: ${target}`);
  });
  expect(broken).toEqual([]);
});
