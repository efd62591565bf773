import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { root } from '../../tasks/root.js';
import { huntMutant } from './hunt-mutant.js';
import { type Mutant, mutants } from './mutants.js';

const { only, seed, runs, deadline, real } = new Command('npm run chaos:mutants --')
  .description(
    'Puts mistakes into a copy of the engine, one at a time, and runs the row of the scorecard that has to notice each.',
  )
  .option('--only <text>', 'mutants whose name has this text', '')
  .option('--seed <s>', 'the first seed')
  .option('--runs <k>', 'runs in which a mutant must have shown itself', '600')
  .option('--deadline <seconds>', 'for one mutant', '110')
  .option('--no-real', 'leave out those that need a server; said so in the table')
  .allowExcessArguments(false)
  .parse()
  .opts<{ only: string; seed?: string; runs: string; deadline: string; real: boolean }>();

const SIDE_BY_SIDE = 2;
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'sluice-mutants-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const chosen = mutants.filter(({ name }) => name.includes(only));
const began = performance.now();
const columns = [10, 5, 15, 7, 9, 0] as const;
const say = (...cells: readonly string[]): void =>
  console.log(
    cells
      .map((cell, at) => cell.padEnd(columns[at] ?? 0))
      .join('')
      .trimEnd(),
  );
say('outcome', 'row', 'mode', 'runs', 'seconds', 'mutant');

const waiting = [...chosen.entries()];
let survived = 0;
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${chosen.length - survived} of ${chosen.length} mutants were caught, in ${seconds} s.`);
process.exitCode = survived > 0 || chosen.length === 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(...next);
}

async function one(place: number, mutant: Mutant): Promise<void> {
  const started = performance.now();
  const { name, row, mode = '' } = mutant;
  const tell = (outcome: string, hunted: string, more: readonly string[]): void => {
    say(outcome, String(row), mode, hunted, ((performance.now() - started) / 1000).toFixed(1), name);
    for (const line of more) console.log(`          ${line.replaceAll('\n', ' ').slice(0, 160)}`);
  };
  if (mutant.real === true && !real) return tell('left out', '', []);
  const own = join(folder, String(place));
  mkdirSync(own);
  try {
    const hunt = await huntMutant(mutant, {
      folder: own,
      seed: seed === undefined ? (mutant.from ?? 1) : Number(seed),
      runs: Number(runs),
      deadline: Number(deadline) * 1000,
    });
    if (hunt.caughtBy === undefined) {
      survived++;
      tell('SURVIVED', String(hunt.runs), [`the row did not notice it in ${hunt.runs} runs or ${deadline} s`]);
    } else tell('caught', String(hunt.runs), [hunt.violation ?? '']);
  } catch (error) {
    survived++;
    tell('FAILED', '', [error instanceof Error ? error.message : String(error)]);
  }
}
