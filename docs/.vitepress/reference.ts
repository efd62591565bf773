import { dirname, relative, sep } from 'node:path';
import ts from 'typescript-5.9';
import { sourceFileOf, typedProgram } from '../../test/architecture/typed-program.js';
import { root } from '../../test/tasks/root.js';

/** A public function, as its docstring describes it. */
export interface ReferencePage {
  /** The package's name without its scope. */
  readonly package: string;
  readonly name: string;
  /** The folder of its source below the package's: `operators`, `windows`. */
  readonly group: string;
  /** The first sentence. */
  readonly summary: string;
  readonly markdown: string;
}

const PACKAGES: readonly (readonly [name: string, folder: string])[] = [
  ['core', 'packages/core'],
  ['testing', 'packages/testing'],
  ['connector-sdk', 'packages/connector-sdk'],
  ['conformance', 'packages/conformance'],
  ['kafka', 'connectors/kafka'],
  ['postgres', 'connectors/postgres'],
  ['redis', 'connectors/redis'],
  ['elasticsearch', 'connectors/elasticsearch'],
  ['file', 'connectors/file'],
];

let pages: readonly ReferencePage[] | undefined;

/** All public functions that have a docstring, in the order of packages and folders. */
export function referencePages(): readonly ReferencePage[] {
  pages ??= readPages();
  return pages;
}

function readPages(): readonly ReferencePage[] {
  const entries = PACKAGES.map(([name, folder]) => ({ name, folder, index: `${folder}/src/index.ts` }));
  const program = typedProgram(entries.map(({ index }) => index));
  const checker = program.getTypeChecker();
  return entries.flatMap(({ name, folder, index }) => {
    const module = checker.getSymbolAtLocation(sourceFileOf(program, index));
    if (module === undefined) return [];
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .flatMap((symbol) => pageOf(name, folder, symbol))
      .sort((a, b) => compare(a.group, b.group) || compare(a.name, b.name));
  });
}

function pageOf(packageName: string, folder: string, symbol: ts.Symbol): ReferencePage[] {
  const declarations = (symbol.declarations ?? []).filter(ts.isFunctionDeclaration);
  const documented = declarations.find((declaration) => docOf(declaration) !== undefined);
  const path = documented && relative(root, documented.getSourceFile().fileName).split(sep).join('/');
  // What a package passes on from another one has its page there.
  if (documented === undefined || path === undefined || !path.startsWith(`${folder}/`)) return [];
  const doc = docOf(documented) as ts.JSDoc;
  const text = textOf(doc.comment);
  const group = relative(`${folder}/src`, dirname(path)).split('/')[0] ?? '';
  const markdown = [
    `# ${symbol.name}`,
    `<code>import { ${symbol.name} } from '@sluice/${packageName}'</code>`,
    escaped(text),
    '```ts',
    declarations
      .filter((declaration) => declaration.body === undefined || declarations.length === 1)
      .map(signature)
      .join('\n'),
    '```',
    ...sections(doc),
    `Source: \`${path}\``,
  ].join('\n\n');
  return [
    { package: packageName, name: symbol.name, group, summary: /^.*?[.:](?=\s|$)/s.exec(text)?.[0] ?? text, markdown },
  ];
}

/** What stands in the tags of a docstring, under headings. */
function sections(doc: ts.JSDoc): string[] {
  const tags = doc.tags ?? [];
  const named = (name: string): string[] =>
    tags.filter((tag) => tag.tagName.text === name).map((tag) => textOf(tag.comment));
  const parameters = tags
    .flatMap((tag) => (ts.isJSDocParameterTag(tag) ? [tag] : []))
    .map((tag) => `| \`${tag.name.getText()}\` | ${cell(escaped(textOf(tag.comment)))} |`);
  return [
    ...(parameters.length > 0 ? ['## Parameters', ['| | |', '| --- | --- |', ...parameters].join('\n')] : []),
    ...list('Returns', named('returns')),
    ...list('Errors', tags.filter((tag) => ts.isJSDocThrowsTag(tag)).map(thrown)),
    ...tags.flatMap((tag) =>
      tag.tagName.text === 'example' ? ['## Example', `\`\`\`ts\n${textOf(tag.comment).trim()}\n\`\`\``] : [],
    ),
    ...list('See', tags.filter((tag) => tag.tagName.text === 'see').map(afterName)),
  ];
}

function list(heading: string, items: readonly string[]): string[] {
  const texts = items.map((item) => escaped(item).trim()).filter((item) => item !== '');
  return texts.length === 0 ? [] : [`## ${heading}`, texts.map((item) => `- ${item.replace(/\n/g, ' ')}`).join('\n')];
}

/** Codes lead to their remedies. TypeScript takes the first word of what is thrown for a type. */
function thrown(tag: ts.JSDocTag): string {
  return afterName(tag).replace(/\b(SLUICE_[A-Z0-9_]+)/g, '[`$1`](/errors.md)');
}

/** The text of a tag, whatever TypeScript makes of it. */
function afterName(tag: ts.JSDocTag): string {
  return tag
    .getText()
    .replace(/^@\w+\s+/, '')
    .replace(/\s*\n\s*\*[ \t]*/g, ' ')
    .trim();
}

function signature(declaration: ts.FunctionDeclaration): string {
  const { body } = declaration;
  const text = declaration.getSourceFile().text;
  return text
    .slice(declaration.getStart(), body === undefined ? declaration.end : body.getStart())
    .trim()
    .replace(/;?$/, ';');
}

function docOf(declaration: ts.FunctionDeclaration): ts.JSDoc | undefined {
  return ts.getJSDocCommentsAndTags(declaration).find(ts.isJSDoc);
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return ts.getTextOfJSDocComment(comment)?.replace(/\{@link (\w+)\}/g, '`$1`') ?? '';
}

/** Types in a sentence must not be taken for elements of the page, nor braces for its expressions. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/</g, '&lt;').replace(/\{\{/g, '{&#123;')))
    .join('');
}

function cell(text: string): string {
  return text.replace(/\n/g, ' ').replace(/\|/g, '\\|');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
