import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A code block of a comment or of a README. */
export interface Example {
  /** File and line. */
  readonly where: string;
  readonly code: string;
}

/** All blocks in TSDoc comments below a folder, and those of Markdown files given by name. */
export function readExamples(folder: string): Example[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(ts|md)$/.test(file) && !/\.test(-d)?\.ts$|node_modules|dist/.test(file))
    .sort()
    .flatMap((file) => readBlocks(file, readFileSync(join(folder, file), 'utf8')));
}

function readBlocks(file: string, text: string): Example[] {
  const blocks = text.matchAll(/^( \* )?```ts\n([\s\S]*?)^(?: \* )?```$/gm);
  return [...blocks].map((block) => ({
    where: `${file}:${text.slice(0, block.index).split('\n').length}`,
    code: block[1] === undefined ? block[2]! : block[2]!.replaceAll(/^ \* ?/gm, ''),
  }));
}

/** Turns `expression; // value` into a call of `check`, where the remark is a value. */
export function instrument(code: string): { code: string; checks: number } {
  let checks = 0;
  const lines = code.split('\n').map((line) => {
    const [, expression, remark] = /^(?!\s*(?:const|let|import|export)\b)\s*(\S.*);\s*\/\/ (.+)$/.exec(line) ?? [];
    const value = remark === undefined ? undefined : findValue(remark);
    if (value === undefined) return line;
    checks++;
    return `check((${expression}), (${value}));`;
  });
  return { code: lines.join('\n').replaceAll(/^import .*$/gm, ''), checks };
}

/** The part of a remark that is an expression: all of it, or what stands before a colon. */
function findValue(remark: string): string | undefined {
  return [remark, remark.split(': ')[0]!].find((text) => {
    try {
      new Function(`return (${text});`)();
      return true;
    } catch {
      return false;
    }
  });
}
