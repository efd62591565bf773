import { SluiceError } from '@sluice/connector-sdk';

/** Which run of a simulation, and what of it is left out: a seed by itself, or what shrinking has made of it. */
export interface SimulationPlan {
  readonly seed: number;
  /** Crashes at most; as many as the seed says when left out. */
  readonly crashes?: number;
  /** Numbers of the faults that strike; all when left out. */
  readonly faults?: readonly number[];
  /** Places of the elements of the input that are there; all when left out. */
  readonly input?: readonly number[];
}

/** A plan as one word: `17`, or `17/c1/f3.9/i0.4`. */
export function formatPlan({ seed, crashes, faults, input }: SimulationPlan): string {
  return [
    String(seed),
    ...(crashes === undefined ? [] : [`c${crashes}`]),
    ...(faults === undefined ? [] : [`f${faults.join('.')}`]),
    ...(input === undefined ? [] : [`i${input.join('.')}`]),
  ].join('/');
}

/** @throws SLUICE_SIMULATION for what `formatPlan` does not make */
export function parsePlan(text: string): SimulationPlan {
  const match = /^(\d+)(?:\/c(\d+))?(?:\/f([\d.]*))?(?:\/i([\d.]*))?$/.exec(text);
  if (match === null) {
    throw new SluiceError({
      code: 'SLUICE_SIMULATION',
      component: 'simulate',
      expected: 'a seed, or the plan that a failed simulation printed',
      actual: JSON.stringify(text),
      remedy: 'copy it from the message',
    });
  }
  const [, seed, crashes, faults, input] = match;
  const numbers = (list: string): number[] => (list === '' ? [] : list.split('.').map(Number));
  return {
    seed: Number(seed),
    ...(crashes !== undefined && { crashes: Number(crashes) }),
    ...(faults !== undefined && { faults: numbers(faults) }),
    ...(input !== undefined && { input: numbers(input) }),
  };
}
