import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { referencePages } from '../../docs/.vitepress/reference.js';
import { root } from '../tasks/root.js';
import { tasks } from '../tasks/tasks.js';
import { documents, promised, type Snippet, snippetsOf } from './snippets.js';

const started = process.cwd();
const snippets = documents().flatMap((document) => snippetsOf(document));
const programs = snippets.filter(({ language }) => language === 'ts');
const named = (snippet: Snippet) => ({ name: `${snippet.document}:${snippet.line}`, snippet });

afterAll(() => process.chdir(started));

describe('programs of the README and the guides', () => {
  it('are there', () => {
    expect(programs.filter(({ document }) => document === 'README.md').length).toBeGreaterThan(0);
    expect(programs.length).toBeGreaterThan(4);
  });

  it.each(programs.map(named))('$name prints what it says', async ({ snippet }) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-document-'));
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')));
    process.chdir(folder);
    try {
      const program = join(folder, 'program.ts');
      await writeFile(program, snippet.text);
      await import(program);
      await vi.waitFor(() => expect(lines).toEqual(promised(snippet)), { timeout: 60_000 });
    } finally {
      log.mockRestore();
      process.chdir(started);
      await rm(folder, { recursive: true, force: true });
    }
    expect(promised(snippet).length).toBeGreaterThan(0);
  });
});

describe('commands of the README and the guides', () => {
  const commands = snippets.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'));
  const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>;

  it.each(commands.filter((command) => command.startsWith('npm run') || command === 'npm test'))(
    '%s exists',
    (command) => {
      const name = command.replace(/^npm (run )?/, '').split(' ')[0] ?? '';
      expect(Object.keys(scripts)).toContain(name);
      expect(Object.keys(tasks)).toContain(name);
    },
  );
});

describe('links of the README and the guides', () => {
  /** Made from docstrings when the site is built. */
  const pages = new Set(referencePages().map((page) => `docs/reference/${page.package}/${page.name}.md`));
  const links = documents().flatMap((document) =>
    [...readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = '']) => ({
      document,
      target,
    })),
  );

  it.each(links.filter(({ target }) => !target.includes('://')))(
    '$document → $target leads somewhere',
    ({ document, target }) => {
      const path = join(dirname(document), target);
      expect(existsSync(join(root, path)) || pages.has(path.replaceAll('\\', '/')), path).toBe(true);
    },
  );
});
