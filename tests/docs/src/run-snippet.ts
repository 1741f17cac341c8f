import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { instrument, type Kept, takePromises } from './promises.js';
import type { Snippet } from './snippet.js';

/** Where examples are written as modules: as they are, and with their promises made checkable. */
export const checkFolder = fileURLToPath(new URL('../.cache/check/', import.meta.url));
const runFolder = fileURLToPath(new URL('../.cache/runs/', import.meta.url));

function write(folder: string, snippet: Snippet, code: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${snippet.place.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.ts`);
  writeFileSync(path, `${code}\nexport {};\n`);
  return path;
}

/** Writes an example as a module of its own; returns its path. */
export const writeSnippet = (snippet: Snippet): string => write(checkFolder, snippet, snippet.code);

/** Runs an example as a module of its own; returns its promises and whether they were kept. */
export async function runSnippet(snippet: Snippet): Promise<readonly Kept[]> {
  const path = write(runFolder, snippet, instrument(snippet.code));
  takePromises();
  await import(/* @vite-ignore */ pathToFileURL(path).href);
  return takePromises();
}
