import type { WindowResult } from '@sluice/core';
import type { PostgresSinkOptions } from '@sluice/postgres';

/** How the job writes: `upsert` is `ledger` with `upsertOn`. */
export type Mode = 'ledger' | 'upsert' | 'two-phase';

/** One row for each payment: a running number and a running total of its account. */
export interface RunningRow {
  readonly id: number;
  readonly nth: number;
  readonly total: number;
}

export interface WindowRow {
  readonly payments: number;
  readonly amount: number;
}

/**
 * The job's tables. Where nothing is upserted there is no unique key on purpose: it would hide a row written twice behind an error. With
 * `unique` there is one, for the runs in which what is left behind holds keys.
 */
export function tableStatements(schema: string, mode: Mode, unique: boolean): string {
  const key = (columns: string): string => (unique || mode === 'upsert' ? `, PRIMARY KEY (${columns})` : '');
  return `
    CREATE SCHEMA ${schema};
    CREATE TABLE ${schema}.running (id bigint, account text, nth bigint, total bigint${key(mode === 'upsert' ? 'account' : 'id')});
    CREATE TABLE ${schema}.windows (account text, start timestamptz, payments bigint, amount bigint${key('account, start')});`;
}

export interface SinkPlace {
  readonly connectionString: string;
  readonly schema: string;
  /** Of the identifiers of prepared transactions. */
  readonly prefix: string;
}

export function runningOptions(
  place: SinkPlace,
  mode: Mode,
): PostgresSinkOptions<{ readonly key: string; readonly value: RunningRow }> {
  return {
    ...writing(place, mode),
    table: `${place.schema}.running`,
    columns: {
      id: ({ value }) => value.id,
      account: ({ key }) => key,
      nth: ({ value }) => value.nth,
      total: ({ value }) => value.total,
    },
    ...(mode === 'upsert' ? { upsertOn: ['account'] } : {}),
  };
}

export function windowOptions(
  place: SinkPlace,
  mode: Mode,
): PostgresSinkOptions<WindowResult<string, WindowRow, { readonly start: number }>> {
  return {
    ...writing(place, mode),
    table: `${place.schema}.windows`,
    columns: {
      account: ({ key }) => key,
      start: ({ window }) => window.start,
      payments: ({ value }) => value.payments,
      amount: ({ value }) => value.amount,
    },
    ...(mode === 'upsert' ? { upsertOn: ['account', 'start'] } : {}),
  };
}

/** Small statements, so that an epoch is several of them. */
function writing(place: SinkPlace, mode: Mode) {
  return { ...place, transactional: mode === 'two-phase' ? mode : 'ledger', rowsPerStatement: 64 } as const;
}
