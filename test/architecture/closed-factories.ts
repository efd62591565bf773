import ts from 'typescript-5.9';
import { sourceFileOf } from './typed-program.js';

/**
 * Names that a factory given to `specialise` takes from outside itself. Its text is evaluated again in the global scope, where an
 * import or a variable of its file does not exist, and a bundler may have renamed it. Types, and names of the language, are fine.
 */
export function openFactories(program: ts.Program, path: string): string[] {
  const checker = program.getTypeChecker();
  const source = sourceFileOf(program, path);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'specialise') {
      const factory = factoryOf(node.arguments[0], checker);
      if (factory === undefined) found.push(`${path}: ${node.getText().split('\n')[0]}: the factory cannot be found`);
      else found.push(...outerNames(factory, checker).map((name) => `${path}: ${nameOf(factory)} uses ${name}`));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function factoryOf(argument: ts.Expression | undefined, checker: ts.TypeChecker): ts.Node | undefined {
  if (argument === undefined) return undefined;
  if (ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)) return argument;
  if (
    ts.isExpressionWithTypeArguments(argument) ||
    ts.isParenthesizedExpression(argument) ||
    ts.isAsExpression(argument)
  ) {
    return factoryOf(argument.expression, checker);
  }
  let symbol = checker.getSymbolAtLocation(argument);
  if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined) return undefined;
  if (ts.isVariableDeclaration(declaration)) return factoryOf(declaration.initializer, checker);
  return ts.isFunctionDeclaration(declaration) ? declaration : undefined;
}

function outerNames(factory: ts.Node, checker: ts.TypeChecker): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isTypeParameterDeclaration(node)) return;
    if (ts.isIdentifier(node) && isOuter(node, factory, checker)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(factory, visit);
  return [...names];
}

function isOuter(name: ts.Identifier, factory: ts.Node, checker: ts.TypeChecker): boolean {
  if (isMemberName(name) || (ts.isFunctionDeclaration(factory) && name === factory.name)) return false;
  const symbol = ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
  return (symbol?.declarations ?? []).some((declaration) => {
    const file = declaration.getSourceFile();
    const within = file === factory.getSourceFile() && declaration.pos >= factory.pos && declaration.end <= factory.end;
    return !within && (!file.isDeclarationFile || !isGlobal(declaration));
  });
}

/** `b` of `a.b`, and the name of a property in an object or a pattern. */
function isMemberName(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === name) ||
    (ts.isPropertyAssignment(parent) && parent.name === name) ||
    (ts.isMethodDeclaration(parent) && parent.name === name) ||
    (ts.isBindingElement(parent) && parent.propertyName === name)
  );
}

function isGlobal(declaration: ts.Declaration): boolean {
  return !ts.isExternalModule(declaration.getSourceFile());
}

function nameOf(factory: ts.Node): string {
  const named = ts.isVariableDeclaration(factory.parent) ? factory.parent : factory;
  return ts.isFunctionDeclaration(named) || ts.isVariableDeclaration(named)
    ? (named.name?.getText() ?? 'a factory')
    : 'a factory';
}
