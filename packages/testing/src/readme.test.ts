import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const page = await readFile(new URL('../README.md', import.meta.url), 'utf8');
/** Inside the package, so that the programs find what they import. */
const parent = new URL('../.readme/', import.meta.url).pathname;

/** Each program of the page, with what it says that the program prints. */
const programs = [...page.matchAll(/```ts\n(.*?)```.*?```text\n(.*?)```/gs)].map(
  ([, code = '', printed = ''], index) => ({
    index,
    code,
    printed,
  }),
);

let folder = '';
beforeAll(async () => {
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(parent);
});
afterAll(() => rm(parent, { recursive: true, force: true }));

test('the page has five programs', () => {
  expect(programs).toHaveLength(5);
});

test.each(programs)('program $index prints what the page says', async ({ index, code, printed }) => {
  const lines: string[] = [];
  const { format } = await import('node:util');
  const log = vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(format(...parts)));
  const program = join(folder, `program-${index}.ts`);
  await writeFile(program, code);
  try {
    await import(program);
  } finally {
    log.mockRestore();
  }
  expect(`${lines.join('\n')}\n`).toBe(printed);
});
