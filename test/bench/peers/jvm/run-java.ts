import type { ArmResult } from '../../arm.js';
import { runProgram } from '../run-program.js';
import type { JavaProgram } from './java-program.js';

/** The collector that was the fastest here, with a heap of which the events and the state take less than half. */
const FLAGS = ['-XX:+UseParallelGC', '-Xms4g', '-Xmx4g'];
/** Asked for by Flink's own start scripts. */
const OPENED = ['java.base/java.util=ALL-UNNAMED', 'java.base/java.lang=ALL-UNNAMED', 'java.base/java.net=ALL-UNNAMED'];
/** Milliseconds: ten times what the slowest takes. */
const PATIENCE = 300_000;

/** Runs a main class, whose last line on stdout is the result. */
export async function runJava(
  { java, classPath }: JavaProgram,
  main: string,
  parameters: readonly (string | number)[],
): Promise<ArmResult> {
  const opens = OPENED.flatMap((what) => ['--add-opens', what]);
  const command = [...FLAGS, ...opens, '-cp', classPath, main, ...parameters.map(String)];
  const printed = await runProgram(java, command, { timeout: PATIENCE });
  const result = JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as ArmResult;
  return { ...result, notes: { ...result.notes, flags: FLAGS.join(' ') } };
}
