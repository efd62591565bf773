import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ArmResult } from '../../arm.js';
import type { JavaProgram } from './java-program.js';

/** The collector that was the fastest here, with a heap of which the events and the state take less than half. */
const FLAGS = ['-XX:+UseParallelGC', '-Xms4g', '-Xmx4g'];
/** Asked for by Flink's own start scripts. */
const OPENED = ['java.base/java.util=ALL-UNNAMED', 'java.base/java.lang=ALL-UNNAMED', 'java.base/java.net=ALL-UNNAMED'];

/** Runs a main class, whose last line on stdout is the result; what goes to stderr is told when it fails. */
export async function runJava(
  { java, classPath }: JavaProgram,
  main: string,
  parameters: readonly (string | number)[],
): Promise<ArmResult> {
  const opens = OPENED.flatMap((what) => ['--add-opens', what]);
  const child = spawn(java, [...FLAGS, ...opens, '-cp', classPath, main, ...parameters.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${main} ${parameters.join(' ')} ended with ${code}:\n${errors.slice(-4_000)}`);
  const result = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as ArmResult;
  return { ...result, notes: { ...result.notes, flags: FLAGS.join(' ') } };
}
