import ts from 'typescript-5.9';
import { parse } from './module-imports.js';
import type { SourceFile } from './source-file.js';

/** An index.ts is a table of contents: statements of it that do more than export from another file. */
export function indexStatements(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => /(^|\/)index\.ts$/.test(path))
    .flatMap(({ path, text }) =>
      parse(path, text)
        .statements.filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
        .map((statement) => `${path}: ${statement.getText().split('\n')[0]}`),
    );
}

/** Names that say nothing of what a file does. */
export function meaninglessNames(paths: readonly string[]): string[] {
  return paths.filter((path) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.[^/]*$|$)/i.test(path));
}

/** Shipped code reports through events and the logger. */
export function consoleCalls(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const calls: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'console')
        calls.push(`${path}: ${node.getText()}`);
      ts.forEachChild(node, visit);
    };
    visit(parse(path, text));
    return calls;
  });
}

/** Absolute paths of somebody's machine: a home, or where this checkout lies. */
export function machinePaths(sources: readonly SourceFile[], checkout: string): string[] {
  return sources.flatMap(({ path, text }) => [
    ...[...text.matchAll(/(?<![\w.:/-])\/(?:root|home\/\w+|Users\/\w+)\/[\w.-]+/g)].map(
      ([found]) => `${path}: ${found}`,
    ),
    ...(text.includes(checkout) ? [`${path}: ${checkout}`] : []),
  ]);
}
