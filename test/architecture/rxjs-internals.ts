import ts from 'typescript-5.9';
import { sourceFileOf } from './typed-program.js';

/** Names of RxJS' inner protocol that mean nothing else; found although a cast hides whose they are. */
const innerNames = new Set(['lift', '_next', '_error', '_complete', '_subscribe', '_trySubscribe']);

/**
 * Uses of what RxJS keeps for itself: modules below `rxjs/internal`, `Subscriber` as a value, the members of its inner protocol,
 * and every member whose own documentation calls it an internal implementation detail.
 */
export function rxjsInternals(program: ts.Program, path: string): string[] {
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /^rxjs\/(internal|dist|src)/.test(node.text)) found.add(node.text);
    if (ts.isIdentifier(node)) {
      if (node.text === 'Subscriber' && isImportedAsValue(node)) found.add('Subscriber');
      else if (innerNames.has(node.text) || isInternal(checker.getSymbolAtLocation(node), checker))
        found.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceFileOf(program, path));
  return [...found];
}

function isImportedAsValue(name: ts.Identifier): boolean {
  const specifier = name.parent;
  return ts.isImportSpecifier(specifier) && !specifier.isTypeOnly && !specifier.parent.parent.isTypeOnly;
}

function isInternal(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): boolean {
  const declaredByRxjs = symbol?.declarations?.some((declaration) =>
    declaration.getSourceFile().fileName.includes('/node_modules/rxjs/'),
  );
  return (
    declaredByRxjs === true &&
    symbol
      ?.getJsDocTags(checker)
      .some((tag) => /^Internal implementation detail/.test(ts.displayPartsToString(tag.text))) === true
  );
}
