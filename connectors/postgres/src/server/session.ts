import { SluiceError } from '@sluice/connector-sdk';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyFailure } from './copy-failure.js';
import { failureOf, isConnectionFailure, type PostgresFailure } from './failure.js';

/** One connection. Every error that leaves it is a `PostgresFailure`, which quotes neither rows nor passwords. */
export class Session {
  /** Set once the connection is of no more use. */
  broken = false;
  private readonly client: pg.Client & Referenced;

  private constructor(client: pg.Client) {
    // Its types leave these two out.
    this.client = client as pg.Client & Referenced;
    // Without a listener the loss of an idle connection would end the process.
    client.on('error', () => {
      this.broken = true;
    });
  }

  static async open({
    component,
    connectionString,
    applicationName,
    connectTimeout,
  }: ConnectionOptions): Promise<Session> {
    const client = clientFor(component, connectionString, applicationName, connectTimeout);
    const session = new Session(client);
    try {
      await client.connect();
      return session;
    } catch (error) {
      void client.end().catch(() => {});
      throw connectFailure(component, `${client.host}:${client.port}`, client.database ?? '', error);
    }
  }

  async query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    try {
      return await this.client.query<Row>(text, values as unknown[] | undefined);
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
      const { rows, fields } = await this.client.query<unknown[]>(config);
      return { rows, names: fields.map(({ name }) => name) };
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Copies bytes in; `columns` are the names that the server may say are to blame. */
  async copyIn(text: string, bytes: Uint8Array, columns: readonly string[]): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        const stream = this.client.query(copyFrom(text));
        stream.on('error', (error: unknown) => reject(error));
        stream.on('finish', resolve);
        stream.end(bytes);
      });
    } catch (error) {
      throw this.failed(copyFailure(error, columns));
    }
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
    await this.client.end().catch(() => {});
  }
}

interface Referenced {
  ref(): void;
  unref(): void;
}

export interface ConnectionOptions {
  readonly component: string;
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connectTimeout: number;
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
