import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArmName } from './arms.js';
import { environmentOf, optionsOfNode } from './run-arm.js';

const program = fileURLToPath(new URL('./profile-arm.ts', import.meta.url));
const folder = fileURLToPath(new URL('../../.bench/profiles', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Functions that are shown. */
const SHOWN = 20;

/** Times are microseconds. */
export type CpuProfile = Omit<Profiler.Profile, 'nodes'> & {
  readonly nodes: readonly Pick<Profiler.ProfileNode, 'id' | 'callFrame'>[];
};

/** A function and the time that an element takes in it. */
export interface Step {
  readonly name: string;
  readonly ns: number;
}

/** Where the time of an element goes in an arm and what its heap holds; the profile itself is for DevTools. */
export async function profile(arm: ArmName): Promise<string> {
  const steps = await profileTime(arm);
  // A snapshot of everything would be larger than a string can be.
  const { heap = '' } = await run(arm, 'heap', { SLUICE_BENCH_QUICK: '1' });
  return [
    `${arm}: own time of functions for each element (.bench/profiles/${arm}.cpuprofile)`,
    ...steps.map(({ name, ns }) => `${ns.toFixed(2).padStart(12)} ns  ${name}`),
    `${arm}: the heap behind the last element, a fifth of the elements`,
    heap,
  ].join('\n');
}

/** The functions in which an arm spends the most time. */
export async function profileTime(arm: ArmName): Promise<Step[]> {
  const { elements = Number.NaN } = await run(arm, 'cpu', {});
  const file = join(folder, `${arm}.cpuprofile`);
  const functions = selfTimes(JSON.parse(await readFile(file, 'utf8')) as CpuProfile);
  return functions.slice(0, SHOWN).map(({ name, ms }) => ({ name, ns: (ms * 1e6) / elements }));
}

/** The part of a profile that was sampled between two times, in microseconds. */
export function between(profile: CpuProfile, { from, to }: { readonly from: number; readonly to: number }): CpuProfile {
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let time = profile.startTime;
  for (const [at, id] of (profile.samples ?? []).entries()) {
    const delta = profile.timeDeltas?.[at] ?? 0;
    time += delta;
    if (time < from || time > to) continue;
    samples.push(id);
    timeDeltas.push(samples.length === 1 ? time - from : delta);
  }
  return { ...profile, startTime: from, endTime: to, samples, timeDeltas };
}

/** By function the time in which it was at the top of the stack, the longest first. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: CpuProfile): { name: string; ms: number }[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  }
  return [...times].map(([name, ms]) => ({ name, ms })).sort((one, other) => other.ms - one.ms);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name} ${url.replace(/^file:\/\//, '').replace(root, '')}:${lineNumber + 1}`;
}

interface Told {
  readonly elements?: number;
  readonly heap?: string;
}

function run(arm: ArmName, kind: 'cpu' | 'heap', environment: Readonly<Record<string, string>>): Promise<Told> {
  const child = fork(program, [arm, kind, folder], {
    cwd: root,
    execArgv: optionsOfNode,
    env: environmentOf(environment),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let told: Told | undefined;
  child.on('message', (message) => {
    told = message as Told;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && told !== undefined) resolve(told);
      else reject(new Error(`the ${kind} profile of ${arm} ended with ${signal ?? `exit code ${code}`} and no result`));
    });
  });
}
