import { SluiceError } from '@sluice/connector-sdk';

/**
 * What is kept of a driver's error. Its message, detail, hint and context may quote rows, and a message about a connection may
 * quote the URL with its password, so only the code and the names of schema objects are taken over.
 */
export class PostgresFailure extends Error {
  /** SQLSTATE, or the code of the operating system for a connection. Empty for a connection that just ended. */
  readonly code: string;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;

  constructor(error: unknown) {
    const { code, table, column, constraint } = fieldsOf(error);
    const about = [
      table === undefined ? '' : ` table ${table}`,
      column === undefined ? '' : ` column ${column}`,
      constraint === undefined ? '' : ` constraint ${constraint}`,
    ];
    super(`${meaningOf(code)}${about.join('')}${code === '' || code === NO_ANSWER ? '' : ` (${code})`}`);
    this.name = 'PostgresFailure';
    this.code = code;
    this.table = table;
    this.column = column;
    this.constraint = constraint;
  }
}

interface Fields {
  readonly code: string;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

function fieldsOf(error: unknown): Fields {
  if (error instanceof PostgresFailure) return error;
  if (typeof error !== 'object' || error === null) return { code: '' };
  const raw = error as Record<string, unknown>;
  const text = (name: string) => (typeof raw[name] === 'string' ? (raw[name] as string) : undefined);
  // A login without a password fails inside the driver, which gives that no code.
  const login = text('message')?.startsWith('SASL') ? '28P01' : '';
  return { code: text('code') ?? login, table: text('table'), column: text('column'), constraint: text('constraint') };
}

/** The code of a connection that was given up because its server did not answer in time. */
export const NO_ANSWER = 'NO_ANSWER';

const MEANINGS: Readonly<Record<string, string>> = {
  '': 'the connection ended',
  '22': 'a value that the server refuses',
  '22P02': 'text that is no value of its column',
  '22001': 'a value that is too long for its column',
  '23': 'a violated constraint',
  '23502': 'a NULL in a NOT NULL column',
  '23503': 'a violated foreign key',
  '23505': 'a key that is already there',
  '23514': 'a violated check constraint',
  '28': 'a refused login',
  '3D': 'no such database',
  '40': 'a transaction that the server rolled back',
  '42': 'a statement that the server refuses',
  '42501': 'a missing privilege',
  '53': 'resources that are used up',
  '53100': 'a full disk',
  '55P03': 'a lock that somebody else holds',
  '57': 'an interruption by the server',
  '08': 'a broken connection',
  NO_ANSWER: 'no answer within `statementTimeout`',
  P0: 'an exception raised in the database',
};

function meaningOf(code: string): string {
  return (
    MEANINGS[code] ??
    MEANINGS[code.slice(0, 2)] ??
    (isSqlState(code) ? 'an error of the server' : 'a broken connection')
  );
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code);
}

export function failureOf(error: unknown): PostgresFailure {
  return error instanceof PostgresFailure ? error : new PostgresFailure(error);
}

/** The connection is gone, or the server is going: what was under way may or may not have happened. */
export function isConnectionFailure({ code }: PostgresFailure): boolean {
  return !isSqlState(code) || code.startsWith('08') || code.startsWith('57P0');
}

export const DISK_FULL = '53100';

/** Rolled back, resources used up (a full disk among them), an error of the operating system. */
const PASSING_CLASSES: readonly string[] = ['40', '53', '58'];
/** A lock that is held, a statement that was cancelled, a server that is a standby for the moment. */
const PASSING_CODES: readonly string[] = ['55P03', '57014', '25006'];

/** The same thing may go well a little later, with nothing changed. */
export function isTransient(failure: PostgresFailure): boolean {
  const { code } = failure;
  return isConnectionFailure(failure) || PASSING_CLASSES.includes(code.slice(0, 2)) || PASSING_CODES.includes(code);
}

/** It is worth trying again soon: a server that does not answer now may do so then. Other errors of ours are for those who watch the job. */
export function isPassing(error: unknown): boolean {
  if (SluiceError.isInstance(error)) return error.code === 'SLUICE_POSTGRES_UNREACHABLE';
  const failure = failureOf(error);
  // A disk does not empty itself, and who has waited long enough is told: that is for those who watch the job.
  return failure.code !== DISK_FULL && failure.code !== NO_ANSWER && isTransient(failure);
}
