import fc from 'fast-check';

const RUNS = 'SLUICE_ORACLE_RUNS';
const SEED = 'SLUICE_ORACLE_SEED';

/** Random cases of each property in `npm test`; `SLUICE_ORACLE_RUNS=10000` asks for another number. */
const DEFAULT_RUNS = 300;

function whole(name: string, otherwise: number): number {
  const given = process.env[name];
  return given === undefined || given === '' ? otherwise : Number.parseInt(given, 10);
}

/** Chosen anew each time and part of every test's name; `SLUICE_ORACLE_SEED` runs one again. */
export const seed = whole(SEED, Math.floor(Math.random() * 0x7fffffff));

export const runs = whole(RUNS, DEFAULT_RUNS);

export const replay = `${runs} cases, ${SEED}=${seed}`;

/** Checks a property; a failure shows the smallest case found, and the seed. */
export function check<Case>(cases: fc.Arbitrary<Case>, property: (given: Case) => void): void {
  fc.assert(fc.property(cases, property), { seed, numRuns: runs });
}

/** Milliseconds that a property may take: many cases take longer. */
export const timeout = 10_000 + runs * 50;
