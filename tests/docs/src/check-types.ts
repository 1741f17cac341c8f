import { join } from 'node:path';
import ts from 'typescript';
import { repository } from './snippet.js';

/** A program over modules, under the options that a user's project is likely to have. */
export function createProgram(files: readonly string[]): ts.Program {
  const config = ts.readConfigFile(join(repository, 'tsconfig.check.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, files: [], include: [] }, ts.sys, repository);
  return ts.createProgram([...files], {
    ...options,
    noEmit: true,
    noUncheckedIndexedAccess: false,
    exactOptionalPropertyTypes: false,
  });
}

/** Type errors by module. */
export function checkTypes(files: readonly string[]): Map<string, readonly string[]> {
  const program = createProgram(files);
  return new Map(files.map((file) => [file, problemsOf(program, file)]));
}

function problemsOf(program: ts.Program, file: string): string[] {
  const source = program.getSourceFile(file);
  if (!source) return [`${file} was not read.`];
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((problem) => {
    const { line } = source.getLineAndCharacterOfPosition(problem.start ?? 0);
    return `line ${line + 1}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`;
  });
}
