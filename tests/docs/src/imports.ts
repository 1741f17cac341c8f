import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { createProgram } from './check-types.js';
import { repository, type Snippet } from './snippet.js';

interface Export {
  readonly name: string;
  readonly isType: boolean;
}

/** Names that fragments of a package's doc comments use: src/context/<package>.ts. */
const contextOf = (name: string): string => join(repository, 'tests', 'docs', 'src', 'context', `${name}.ts`);

/** Where an example in a doc comment may take its names from, nearest first: its own file, its package, core, its context. */
function modulesFor(file: string): { readonly path: string; readonly specifier: string | null }[] {
  const name = file.split('/')[1]!;
  const entries = [name, 'core'].flatMap((owner) => {
    const source = join(repository, 'packages', owner, 'src');
    const subpaths = readdirSync(source).filter((entry) => existsSync(join(source, entry, 'index.ts')));
    return [
      { path: join(source, 'index.ts'), specifier: `@sofd/${owner}` },
      ...subpaths
        .filter((entry) => ['node', 'training', 'reference', 'conformance', 'report', 'video'].includes(entry))
        .map((entry) => ({ path: join(source, entry, 'index.ts'), specifier: `@sofd/${owner}/${entry}` })),
    ];
  });
  const context = existsSync(contextOf(name)) ? [{ path: contextOf(name), specifier: null }] : [];
  return [{ path: join(repository, file), specifier: null }, ...entries, ...context];
}

/** Names that code uses without declaring or importing them. */
function freeNames(code: string): Set<string> {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isMember =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node);
      const isDeclaration =
        (ts.isVariableDeclaration(parent) ||
          ts.isBindingElement(parent) ||
          ts.isParameter(parent) ||
          ts.isFunctionDeclaration(parent) ||
          ts.isTypeAliasDeclaration(parent) ||
          ts.isInterfaceDeclaration(parent) ||
          ts.isImportSpecifier(parent) ||
          ts.isNamespaceImport(parent)) &&
        parent.name === node;
      if (isDeclaration) declared.add(node.text);
      else if (!isMember) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return new Set([...used].filter((name) => !declared.has(name)));
}

/**
 * Completes examples of doc comments: what their own file, their package or core exports need not be imported there.
 *
 * @param folder - where the modules will lie, for relative imports
 */
export function completeImports(snippets: readonly Snippet[], folder: string): Snippet[] {
  const paths = [...new Set(snippets.flatMap(({ file }) => modulesFor(file).map(({ path }) => path)))];
  const program = createProgram(paths);
  const checker = program.getTypeChecker();
  const exportsOf = new Map<string, Export[]>(
    paths.map((path) => {
      const symbol = checker.getSymbolAtLocation(program.getSourceFile(path)!);
      const list = symbol ? checker.getExportsOfModule(symbol) : [];
      return [
        path,
        list.map((entry) => {
          const target = entry.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(entry) : entry;
          return { name: entry.name, isType: (target.flags & ts.SymbolFlags.Value) === 0 };
        }),
      ];
    }),
  );
  return snippets.map((snippet) => {
    const missing = freeNames(snippet.code);
    const imports = modulesFor(snippet.file).flatMap(({ path, specifier }) => {
      const found = exportsOf.get(path)!.filter(({ name }) => missing.delete(name));
      if (found.length === 0) return [];
      const names = found.map(({ name, isType }) => (isType ? `type ${name}` : name)).join(', ');
      const from = specifier ?? relative(folder, path).replaceAll('\\', '/').replace(/\.ts$/, '.js');
      return [`import { ${names} } from '${from}'; `];
    });
    // On the first line, so that line numbers stay those of the example.
    return { ...snippet, code: imports.join('') + snippet.code };
  });
}
