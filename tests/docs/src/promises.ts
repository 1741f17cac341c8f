import { format, inspect, isDeepStrictEqual } from 'node:util';
import ts from 'typescript';

/** What a line said it would give, and what it gave. */
export interface Kept {
  readonly promised: string;
  readonly got: string;
  readonly kept: boolean;
}

/** Reads a number, string, boolean, null or a list of these; `undefined` for anything else, prose included. */
function readLiteral(text: string): { readonly value: unknown } | undefined {
  const source = ts.createSourceFile('promise.ts', `(${text}\n)`, ts.ScriptTarget.Latest, true);
  const diagnostics = (source as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics;
  const [statement] = source.statements;
  if (diagnostics.length > 0 || source.statements.length !== 1 || !statement || !ts.isExpressionStatement(statement))
    return undefined;
  const read = (node: ts.Expression): { readonly value: unknown } | undefined => {
    if (ts.isParenthesizedExpression(node)) return read(node.expression);
    if (ts.isNumericLiteral(node)) return { value: Number(node.text) };
    if (ts.isStringLiteralLike(node)) return { value: node.text };
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
    if (node.kind === ts.SyntaxKind.NullKeyword) return { value: null };
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
      const operand = read(node.operand);
      return operand && typeof operand.value === 'number' ? { value: -operand.value } : undefined;
    }
    if (ts.isArrayLiteralExpression(node)) {
      const elements = node.elements.map(read);
      return elements.every((element) => element !== undefined)
        ? { value: elements.map((element) => element.value) }
        : undefined;
    }
    return undefined;
  };
  return read(statement.expression);
}

/** A promised number holds to the digits that are written; numbers in a list hold to float32. */
function isKept(promised: unknown, got: unknown, text: string): boolean {
  if (typeof promised === 'number' && typeof got === 'number') {
    const digits = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
    return promised === got || got.toFixed(digits) === promised.toFixed(digits);
  }
  const list = ArrayBuffer.isView(got) ? Array.from(got as Float64Array) : got;
  if (!Array.isArray(promised) || !Array.isArray(list)) return isDeepStrictEqual(promised, got);
  const isSame = (a: unknown, b: unknown): boolean =>
    typeof a === 'number' && typeof b === 'number' ? a === b || Math.fround(a) === Math.fround(b) : isKept(a, b, text);
  return promised.length === list.length && promised.every((item, i) => isSame(item, list[i]));
}

const collected: Kept[] = [];
const collector = 'sofd.docs.promise';
Object.assign(globalThis, {
  [Symbol.for(collector)]: {
    line(promised: string, ...values: unknown[]) {
      const got = format(...values);
      collected.push({ promised, got, kept: got === promised });
    },
    async value(text: string, value: unknown) {
      const got = await value;
      collected.push({ promised: text, got: inspect(got), kept: isKept(readLiteral(text)!.value, got, text) });
      return got;
    },
  },
});

/** Takes what was collected since the last call. */
export const takePromises = (): Kept[] => collected.splice(0);

/**
 * Makes the promises of an example checkable. `console.log(x); // => text` promises a printed line; `expression; // literal` promises
 * a value. Other comments are prose.
 */
export function instrument(code: string): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const hook = `(globalThis as never)[Symbol.for('${collector}')]`;
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isExpressionStatement(node)) return;
    const comment = ts.getTrailingCommentRanges(code, node.end)?.[0];
    if (!comment) return;
    const said = code.slice(comment.pos + 2, comment.end).trim();
    const { expression } = node;
    const replace = (text: string) => edits.push({ start: node.getStart(source), end: node.end, text });
    if (ts.isCallExpression(expression) && expression.expression.getText(source) === 'console.log') {
      const values = expression.arguments.map((argument) => argument.getText(source)).join(', ');
      if (said.startsWith('=> ')) replace(`${hook}.line(${JSON.stringify(said.slice(3))}, ${values});`);
    } else if (readLiteral(said))
      replace(`await ${hook}.value(${JSON.stringify(said)}, ${expression.getText(source)});`);
  };
  visit(source);
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
}
