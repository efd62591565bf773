import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { referencePages } from '../../docs/.vitepress/reference.js';
import { root } from '../tasks/root.js';

const site = mkdtempSync(join(tmpdir(), 'sluice-site-'));
afterAll(() => rmSync(site, { recursive: true, force: true }));

describe('the reference', () => {
  const pages = referencePages();

  it('has a page for each public function, with its docstring and its example', () => {
    const core = pages.filter((page) => page.package === 'core');
    expect(core.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['keyBy', 'windowBy', 'aggregate', 'processKeyed', 'asyncMap', 'detect', 'createJob']),
    );
    for (const { name, markdown } of core.filter(({ group }) => ['operators', 'joins', 'patterns'].includes(group))) {
      expect(markdown, name).toContain('## Example');
      expect(markdown, name).toContain(`function ${name}<`);
    }
  });

  it('leads from each error to its remedy', () => {
    const codes = pages.flatMap(({ markdown }) =>
      [...markdown.matchAll(/\[`(SLUICE_\w+)`\]/g)].map(([, code]) => code),
    );
    const documented = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) expect(documented).toContain(`\`${code}\``);
  });
});

it('the site is built, and none of its links is dead', { timeout: 180_000 }, () => {
  const vitepress = join(root, 'node_modules/vitepress/bin/vitepress.js');
  const { status, stderr } = spawnSync(process.execPath, [vitepress, 'build', 'docs', '--outDir', site], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  for (const page of ['index.html', 'errors.html', 'reference/index.html', 'reference/core/windowBy.html'])
    expect(existsSync(join(site, page)), page).toBe(true);
});
