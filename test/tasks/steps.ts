export interface Step {
  readonly name: string;
  run(): Promise<number>;
}

/** Runs each step although an earlier one failed, so that one run shows everything; answers the names of those that failed. */
export async function runSteps(steps: readonly Step[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of steps) {
    const start = performance.now();
    const code = await run();
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed.push(name);
  }
  return failed;
}
