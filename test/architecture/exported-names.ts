import ts from 'typescript-5.9';
import { sourceFileOf } from './typed-program.js';

/** Names of values and types that a module exports. */
export function exportedNames(program: ts.Program, path: string): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(sourceFileOf(program, path));
  return module === undefined ? [] : checker.getExportsOfModule(module).map((symbol) => symbol.name);
}

/** Names that need no import: of the language, of Node and of browsers, types included. */
export function globalNames(program: ts.Program, path: string): Set<string> {
  const { Value, Type, Namespace } = ts.SymbolFlags;
  const scope = program.getTypeChecker().getSymbolsInScope(sourceFileOf(program, path), Value | Type | Namespace);
  return new Set([...scope.map((symbol) => symbol.name), ...Object.getOwnPropertyNames(globalThis)]);
}

/** Exported names that would hide or be hidden by one that every user of ours has in scope. */
export function takenNames(exported: readonly string[], taken: ReadonlySet<string>): string[] {
  return exported.filter((name) => taken.has(name));
}
