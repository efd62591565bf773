import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGenerated } from '@sluice-examples/runner';
import { type Session, sessionsJob } from './pipeline.js';
import { viewOf } from './views.js';

/** The lines of all finished files. */
async function linesOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

await runGenerated({
  name: 'sessions',
  about: 'Page views become sessions in files, exactly once.',
  unit: 'views',
  records: 3_000,
  record: viewOf,
  open({ name, source, folder }) {
    const [sessions, late, checkpoints] = ['sessions', 'late', 'checkpoints'].map((part) => join(folder, part)) as [
      string,
      string,
      string,
    ];
    return {
      job: sessionsJob({ name, source, sessions, late, checkpoints }),
      async result() {
        const found = (await linesOf(sessions)).map((line) => JSON.parse(line) as Session);
        const longest = [...found].sort((a, b) => b.minutes - a.minutes).slice(0, 5);
        return [
          `${found.length} sessions in ${sessions}, ${(await linesOf(late)).length} late views beside them. The longest:`,
          ...longest.map(
            (one) =>
              `  ${one.visitor.padEnd(11)} ${one.from.slice(0, 16)} ${one.minutes} min, ${one.views} views, ${one.entry} → ${one.exit}`,
          ),
        ];
      },
    };
  },
  async prepare(folder) {
    for (const part of ['sessions', 'late']) await mkdir(join(folder, part), { recursive: true });
  },
});
