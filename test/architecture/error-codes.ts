import ts from 'typescript-5.9';
import { parse } from './module-imports.js';
import type { SourceFile } from './source-file.js';

/** Names of the environment that look like codes. */
const VARIABLES: ReadonlySet<string> = new Set(['SLUICE_CONFORMANCE_CHILD', 'SLUICE_CONFORMANCE_SEED']);

/** Every code that shipped code writes as a literal. */
export function usedCodes(sources: readonly SourceFile[]): Set<string> {
  const codes = new Set<string>();
  for (const { path, text } of sources) {
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) && /^SLUICE_[A-Z0-9_]*[A-Z0-9]$/.test(node.text) && !VARIABLES.has(node.text))
        codes.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(parse(path, text));
  }
  return codes;
}

/** The rows of the table `| code | meaning | what to do |`. */
export function documentedCodes(page: string): { code: string; meaning: string; remedy: string }[] {
  return [...page.matchAll(/^\|\s*`(SLUICE_[A-Z0-9_]+)`\s*\|([^|]*)\|([^|]*)\|\s*$/gm)].map(
    ([, code = '', meaning = '', remedy = '']) => ({ code, meaning: meaning.trim(), remedy: remedy.trim() }),
  );
}
