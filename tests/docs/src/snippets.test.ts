import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkTypes } from './check-types.js';
import { enterEmptyFolder, fetchAsPage, makeFilesNamedIn, removeOriginals } from './fixtures.js';
import { completeImports } from './imports.js';
import { checkFolder, runSnippet, writeSnippet } from './run-snippet.js';
import { readDocCommentSnippets, readMarkdownSnippets, repository, type Snippet } from './snippet.js';

const pages = readMarkdownSnippets();
const comments = completeImports(readDocCommentSnippets(), checkFolder);
const all = [...pages, ...comments];

let leave: () => void;
beforeEach(() => {
  leave = enterEmptyFolder();
});
afterEach(() => {
  leave();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
afterAll(removeOriginals);

async function expectToRun(snippet: Snippet): Promise<void> {
  await makeFilesNamedIn(snippet.code);
  if (/['"]\/[a-z]/.test(snippet.code)) vi.stubGlobal('fetch', fetchAsPage);
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const broken = (await runSnippet(snippet)).filter(({ kept }) => !kept);
  expect(broken).toEqual([]);
}

describe('an example in a page runs and prints what it promises', () => {
  test.each(pages.filter(({ noRun }) => noRun === null))('$place', expectToRun);
});

describe('an example in a doc comment runs and prints what it promises', () => {
  test.each(comments.filter(({ noRun }) => noRun === null))('$place', expectToRun);
});

test('all examples type-check, also those that are not run', () => {
  const files = all.map(writeSnippet);
  const problems = checkTypes(files);
  const described = all.flatMap(({ place }, index) =>
    (problems.get(files[index]!) ?? []).map((problem) => `${place}: ${problem}`),
  );
  expect(described).toEqual([]);
});

test('an example that is not run says why', () => {
  expect(all.filter(({ noRun }) => noRun === '').map(({ place }) => place)).toEqual([]);
});

test('the README of every package has an example that runs', () => {
  const withExample = new Set(pages.filter(({ noRun }) => noRun === null).map(({ file }) => file));
  const packages = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`);
  expect(packages.filter((file) => !withExample.has(file))).toEqual([]);
});
