import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks/root.js';

/** An `@example` of a docstring. */
export interface Example {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
}

/** Shipped sources: what users import comes from there. */
export function shippedSources(): string[] {
  const folders = ['packages', 'connectors'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}/src`),
  );
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.test)\.ts$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
}

/** The examples of a file: from `@example` to the end of its comment or the next tag. */
export function examplesOf(file: string, text = readFileSync(join(root, file), 'utf8')): Example[] {
  const examples: Example[] = [];
  let open: { readonly line: number; readonly code: string[] } | undefined;
  const close = (): void => {
    if (open !== undefined) examples.push({ file, line: open.line, code: open.code.join('\n').trim() });
    open = undefined;
  };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = /^\s*\*(?!\/) ?(.*)$/.exec(raw)?.[1];
    if (line === undefined) close();
    else if (line.startsWith('@')) {
      close();
      if (line.startsWith('@example')) open = { line: index + 1, code: [] };
    } else open?.code.push(line);
  }
  close();
  return examples;
}
