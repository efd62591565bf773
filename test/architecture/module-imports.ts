import ts from 'typescript-5.9';
import type { SourceFile } from './source-file.js';

/**
 * The modules that a file names in `import`, `export … from`, `import()`, `require()` and `createRequire(…).resolve()`, those for types alone
 * included.
 */
export function importsOf({ path, text }: SourceFile): string[] {
  const imports = new Set<string>();
  const visit = (node: ts.Node): void => {
    const module = moduleOf(node);
    if (module !== undefined && ts.isStringLiteralLike(module)) imports.add(module.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return [...imports];
}

const parsed = new Map<string, ts.SourceFile>();

/** Several checks look at the same files. */
export function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known?.text === text) return known;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  parsed.set(path, source);
  return source;
}

function moduleOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (
    ts.isCallExpression(node) &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node.expression))
  ) {
    return node.arguments[0];
  }
  return undefined;
}

function isRequire(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 'resolve' && isCreatedRequire(callee.expression);
}

function isCreatedRequire(value: ts.Expression): boolean {
  return ts.isCallExpression(value) && ts.isIdentifier(value.expression) && value.expression.text === 'createRequire';
}
