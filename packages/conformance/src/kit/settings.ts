import { randomInt } from 'node:crypto';
import { shownOption } from '@sluice/connector-sdk';
import type { ConnectorOptions } from './connector-options.js';
import { option } from './option.js';

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
  option.require(component, typeof name === 'string' && name !== '', 'name', 'a text', shownOption(name));
  const place = typeof module === 'string' || (module as unknown) instanceof URL;
  option.require(component, place, 'module', 'import.meta.url of the test file', shownOption(module));
  return {
    seed: wholeNumber(component, 'SLUICE_CONFORMANCE_SEED', environment) ?? randomInt(1, 1_000_000),
    kills: killsOf(component, environment.SLUICE_CONFORMANCE_MATRIX ?? options.matrix ?? 'quick'),
    limit: option.duration(component, 'limit', options.limit ?? '10s', 1),
    quiet: option.duration(component, 'quiet', options.quiet ?? '200ms', 0),
    only: (environment.SLUICE_CONFORMANCE_CASES ?? '').split(',').filter((id) => id !== ''),
  };
}

function killsOf(component: string, matrix: string | number): number {
  if (matrix === 'quick' || matrix === 'full') return KILLS[matrix];
  const kills = Number(matrix);
  if (Number.isSafeInteger(kills) && kills >= 0) return kills;
  throw option.refusal(component, 'matrix', "'quick', 'full' or a number of kills", shownOption(matrix));
}

function wholeNumber(component: string, variable: string, environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw option.refusal(component, variable, 'a whole number', shownOption(text));
}
