import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** A TypeScript block of a Markdown page, a README or a doc comment. */
export interface Snippet {
  /** File and line of the first line of code, `docs/index.md:31`. */
  readonly place: string;
  /** File, relative to the repository. */
  readonly file: string;
  readonly code: string;
  /** Why it is not run (it is type-checked all the same); `null` for one that is run. */
  readonly noRun: string | null;
}

const skippedFolders = new Set(['node_modules', 'dist', 'api', '.cache', '.vitepress', 'fixtures', '__fixtures__']);

function listFiles(folder: string, accept: (name: string) => boolean): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return skippedFolders.has(name) ? [] : listFiles(path, accept);
      return accept(name) ? [path] : [];
    });
}

/** Reads the blocks of one text whose fences start with ```ts, ```typescript, ```js or ```javascript. */
function readBlocks(text: string, file: string, firstLine: number): Snippet[] {
  const snippets: Snippet[] = [];
  let open: { info: string; line: number; code: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (!fence) {
      open?.code.push(line);
    } else if (open) {
      const [language = '', ...rest] = open.info.split(' ');
      const info = rest.join(' ');
      const noRun = /^no-run(?::\s*(.*))?$/.exec(info);
      if (/^(ts|typescript|js|javascript)$/.test(language))
        snippets.push({
          place: `${file}:${open.line}`,
          file,
          code: `${open.code.join('\n')}\n`,
          noRun: noRun ? (noRun[1] ?? '') : null,
        });
      open = null;
    } else open = { info: fence[1]!.trim(), line: firstLine + index + 1, code: [] };
  }
  return snippets;
}

/** All blocks of Markdown files written for readers. */
export function readMarkdownSnippets(): Snippet[] {
  const isPage = (name: string) => name.endsWith('.md') && name !== 'CHANGELOG.md';
  const files = [
    ...readdirSync(repository)
      .filter(isPage)
      .sort()
      .map((name) => join(repository, name)),
    ...['docs', 'packages', 'examples'].flatMap((folder) => listFiles(join(repository, folder), isPage)),
  ];
  return files.flatMap((path) => readBlocks(readFileSync(path, 'utf8'), relative(repository, path), 1));
}

/** All `@example` blocks of doc comments in the packages' sources. */
export function readDocCommentSnippets(): Snippet[] {
  const isSource = (name: string) => name.endsWith('.ts') && !/\.(test|test-d|bench|config)\.ts$/.test(name);
  return listFiles(join(repository, 'packages'), isSource).flatMap((path) => {
    const source = readFileSync(path, 'utf8');
    return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((match) => {
      const text = match[0].replace(/^\s*\/?\*+\/? ?/gm, '');
      return readBlocks(text, relative(repository, path), source.slice(0, match.index).split('\n').length);
    });
  });
}
