import { SluiceError } from '@sluice/connector-sdk';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyFailure } from './copy-failure.js';
import { failureOf, isConnectionFailure, NO_ANSWER, PostgresFailure } from './failure.js';

/** How long a server that is being left may take to say good-bye, in milliseconds. */
const GOOD_BYE = 1_000;

/** One connection. Every error that leaves it is a `PostgresFailure`, which quotes neither rows nor passwords. */
export class Session {
  /** Set once the connection is of no more use. */
  broken = false;
  private readonly client: pg.Client & Untyped;

  private constructor(
    client: pg.Client,
    private readonly statementTimeout: number,
  ) {
    // Its types leave these out.
    this.client = client as pg.Client & Untyped;
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', () => {
      this.broken = true;
    });
  }

  /** Given up at once when `signal` is aborted. */
  static async open(
    { component, connectionString, applicationName, connectTimeout, statementTimeout }: ConnectionOptions,
    signal: AbortSignal,
  ): Promise<Session> {
    const client = clientFor(component, connectionString, applicationName, connectTimeout);
    const session = new Session(client, statementTimeout);
    try {
      await session.until(signal, () => client.connect());
      if (!signal.aborted) return session;
    } catch (error) {
      void client.end().catch(() => {});
      if (!signal.aborted)
        throw connectFailure(component, `${client.host}:${client.port}`, client.database ?? '', error);
    }
    session.destroy();
    throw givenUp(component);
  }

  /** When `signal` is aborted meanwhile, the connection is ended, whatever the server is doing. */
  async until<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    const abort = (): void => this.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      if (signal.aborted) abort();
      return await work();
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    try {
      return await this.inTime(this.client.query<Row>(text, values as unknown[] | undefined));
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Rows as lists of columns, so that two of one name stay two, read by the given types. */
  async list(
    text: string,
    values: readonly unknown[],
    types: { getTypeParser(oid: number): (text: string) => unknown },
  ): Promise<{ readonly rows: readonly unknown[][]; readonly names: readonly string[] }> {
    try {
      const config = { text, values: values as unknown[], rowMode: 'array' as const, types: types as never };
      const { rows, fields } = await this.inTime(this.client.query<unknown[]>(config));
      return { rows, names: fields.map(({ name }) => name) };
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Copies bytes in; `columns` are the names that the server may say are to blame. */
  async copyIn(text: string, bytes: Uint8Array, columns: readonly string[]): Promise<void> {
    try {
      await this.inTime(
        new Promise<void>((resolve, reject) => {
          const stream = this.client.query(copyFrom(text));
          stream.on('error', (error: unknown) => reject(error));
          stream.on('finish', resolve);
          stream.end(bytes);
        }),
      );
    } catch (error) {
      throw this.failed(copyFailure(error, columns));
    }
  }

  /** A server that hangs keeps its connections open, so that nothing else would tell. */
  private async inTime<R>(answer: Promise<R>): Promise<R> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new PostgresFailure({ code: NO_ANSWER }));
        this.destroy();
      }, this.statementTimeout);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The id of the server's process that serves it. */
  get serverProcess(): number {
    return this.client.processID;
  }

  private destroy(): void {
    this.broken = true;
    this.client.connection.stream.destroy();
  }

  private failed(error: unknown): PostgresFailure {
    const failure = failureOf(error);
    if (isConnectionFailure(failure)) this.broken = true;
    return failure;
  }

  /** An idle connection is no reason for a process to go on. */
  rest(): void {
    this.client.unref();
  }

  wake(): void {
    this.client.ref();
  }

  /** Ends the open transaction, if there is one, for good: by ROLLBACK, or by ending the connection. */
  async rollback(): Promise<void> {
    if (this.broken) return this.close();
    try {
      await this.query('ROLLBACK');
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.broken = true;
    // Somebody waits for this: a process with nothing else to do would end before it has happened.
    this.wake();
    const timer = setTimeout(() => this.destroy(), GOOD_BYE);
    await this.client.end().catch(() => {});
    clearTimeout(timer);
  }
}

interface Untyped {
  ref(): void;
  unref(): void;
  readonly processID: number;
  readonly connection: { readonly stream: { destroy(): void } };
}

export interface ConnectionOptions {
  readonly component: string;
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connectTimeout: number;
  /** How long any statement may be without an answer, in milliseconds. */
  readonly statementTimeout: number;
}

function clientFor(component: string, connectionString: string, name: string, timeout: number): pg.Client {
  try {
    return new pg.Client({
      connectionString,
      application_name: name,
      connectionTimeoutMillis: timeout,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
  } catch {
    // The parser's error holds the whole URL, so it is not kept as the cause.
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_OPTIONS',
      component,
      expected: '`connectionString` to be a URL such as postgres://user:password@host:5432/database',
      actual: 'something that cannot be parsed as one',
      remedy: 'percent-encode special characters of the user and the password',
    });
  }
}

function connectFailure(component: string, host: string, database: string, error: unknown): SluiceError {
  const failure = failureOf(error);
  const refused = failure.code.startsWith('28') || failure.code.startsWith('3D');
  return new SluiceError({
    code: refused ? 'SLUICE_POSTGRES_LOGIN' : 'SLUICE_POSTGRES_UNREACHABLE',
    component,
    expected: `a PostgreSQL server at ${host} that lets this role into database ${JSON.stringify(database)}`,
    actual: failure.message,
    remedy: refused
      ? 'check user, password and database of the connection string, and pg_hba.conf of the server'
      : 'start the server, or correct host and port of the connection string',
    transient: !refused,
    cause: failure,
  });
}

function givenUp(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_ABORTED',
    component,
    expected: 'a connection',
    actual: 'a run that has ended before there was one',
    remedy: 'nothing: whoever ended the run knows why',
  });
}
