import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks/root.js';

/** A fenced block of a document. */
export interface Snippet {
  readonly document: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The README and the guides; what the reference shows stands in docstrings. */
export function documents(): string[] {
  const guides = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !/^(\.vitepress|reference|decisions)\//.test(name));
  return ['README.md', ...guides.map((name) => `docs/${name}`)];
}

export function snippetsOf(document: string, text = readFileSync(join(root, document), 'utf8')): Snippet[] {
  const snippets: Snippet[] = [];
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (open === undefined) {
      if (line.startsWith('```')) open = { line: index + 1, language: line.slice(3).trim(), lines: [] };
    } else if (line.startsWith('```')) {
      snippets.push({ document, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    } else open.lines.push(line);
  }
  return snippets;
}

/** What a snippet says it prints: its comments behind calls, one line for each part. */
export function promised(snippet: Snippet): string[] {
  return [...snippet.text.matchAll(/\); \/\/ (.+)$/gm)].flatMap(([, printed = '']) => printed.split(', '));
}
