import { randomInt } from 'node:crypto';
import { milliseconds } from '@sluice/connector-sdk';
import type { ConnectorOptions } from './connector-options.js';
import { badOption } from './options-error.js';

/** What a proof runs with: the author's options and the environment, with their defaults. */
export interface Settings {
  readonly seed: number;
  /** Kills at each point. */
  readonly kills: number;
  /** ms that a single step may take. */
  readonly limit: number;
  /** ms to wait for late duplicates. */
  readonly quiet: number;
  /** Ids, or beginnings of ids, of the cases to run; empty: all. */
  readonly only: readonly string[];
}

const KILLS = { quick: 1, full: 10 } as const;

/** @throws SLUICE_CONFORMANCE_OPTIONS */
export function settingsOf(options: ConnectorOptions, environment: NodeJS.ProcessEnv = process.env): Settings {
  const { name, module } = options;
  const component = `conformance of ${String(name)}`;
  if (typeof name !== 'string' || name === '') throw badOption(component, 'a `name`', typeof name);
  if (typeof module !== 'string' && !(module instanceof URL)) {
    throw badOption(component, '`module`: import.meta.url of the test file', typeof module);
  }
  return {
    seed: wholeNumber(component, 'SLUICE_CONFORMANCE_SEED', environment) ?? randomInt(1, 1_000_000),
    kills: killsOf(component, environment.SLUICE_CONFORMANCE_MATRIX ?? options.matrix ?? 'quick'),
    limit: milliseconds(options.limit ?? '10s'),
    quiet: milliseconds(options.quiet ?? '200ms'),
    only: (environment.SLUICE_CONFORMANCE_CASES ?? '').split(',').filter((id) => id !== ''),
  };
}

function killsOf(component: string, matrix: string | number): number {
  if (matrix === 'quick' || matrix === 'full') return KILLS[matrix];
  const kills = Number(matrix);
  if (Number.isSafeInteger(kills) && kills >= 0) return kills;
  throw badOption(component, "the matrix to be 'quick', 'full' or a number of kills", JSON.stringify(matrix));
}

function wholeNumber(component: string, variable: string, environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw badOption(component, `${variable} to be a whole number`, JSON.stringify(text));
}
