import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from './testing/reading.js';

const started = process.cwd();
const page = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** Each program of the page, with what it says that the program prints. */
const programs = [...page.matchAll(/```ts\n(.*?)```.*?```text\n(.*?)```/gs)].map(([, code = '', printed = '']) => ({
  code,
  printed,
}));

const sample: Readonly<Record<string, string | Uint8Array>> = {
  'orders/a.ndjson': '{"id":1,"price":9.5}\n{"id":2,"price":20}\n{"id":3,"price":4.25}',
  'prices.csv.gz': gzipSync('item;price\n"tea, green";3.5\n"a ""fine"" cup";12\n'),
  'events.ndjson': '{"n":1}\n{"n":1,\n{"n":2}\n',
  'logs/a.log': 'hello\nby',
};

afterAll(() => process.chdir(started));

test('the page has five programs', () => {
  expect(programs).toHaveLength(5);
});

test.each(programs.map((program, index) => ({ index, ...program })))(
  'program $index prints what the page says',
  async ({ index, code, printed }) => {
    const folder = await temporaryFolder();
    process.chdir(folder);
    for (const [path, contents] of Object.entries(sample)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(path, contents);
    }
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')));
    const program = join(folder, `program-${index}.ts`);
    await writeFile(program, code);
    try {
      const running = import(program);
      await sleep(50);
      await appendFile('logs/a.log', 'e\n');
      await running;
    } finally {
      log.mockRestore();
      process.chdir(started);
    }
    expect(`${lines.join('\n')}\n`).toBe(printed);
  },
);
