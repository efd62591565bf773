import { SeededRandom, type SimulationOptions, type SimulationReport, simulate } from '@sluice/testing';
import { randomJob } from './random-job.js';

/** One run of the simulation: a random job, under random faults. The seed determines both. */
export async function simulateRandomJob(seed: number, options: SimulationOptions = {}): Promise<SimulationReport> {
  const job = randomJob(new SeededRandom(seed));
  try {
    return await simulate({
      ...options,
      seed,
      build: (tools) => job.build(tools),
      check: (phase) => {
        for (const sink of job.sinks) sink.check(phase);
      },
    });
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\n  job: ${job.description}\n  replay: ${replayLine(seed)}\n`, {
      cause,
    });
  }
}

function replayLine(seed: number): string {
  return `SIMULATE_SEED=${seed} SIMULATE_RUNS=1 npx vitest run test/simulation/simulation.test.ts`;
}
