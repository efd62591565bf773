import pg from 'pg';

/** What the job wrote, as another session reads it. */
export interface JobTables {
  readonly departures: readonly DepartureRow[];
  readonly alerts: readonly FlightRow[];
  readonly late: readonly FlightRow[];
}

export interface DepartureRow {
  readonly airport: string;
  /** Start of the hour, epoch ms. */
  readonly hour: number;
  readonly flights: number;
  readonly delayed: number;
  readonly mean: number;
  readonly p95: number;
  readonly worst: number;
}

export interface FlightRow {
  readonly id: number;
  readonly airport: string;
  readonly destination: string;
  /** Epoch ms. */
  readonly scheduled: number;
  readonly delay: number;
}

/** Reads the three tables in one transaction, with a session of its own. */
export async function readJobTables(connectionString: string, schema: string): Promise<JobTables> {
  const client = new pg.Client({ connectionString });
  const table = (name: string): string => `${client.escapeIdentifier(schema)}.${name}`;
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const departures = await allRows(
      client,
      `SELECT airport, ${epoch('hour')}, flights, delayed, mean, p95, worst FROM ${table('departures')}`,
      ([airport, hour, flights, delayed, mean, p95, worst]): DepartureRow => ({
        airport: String(airport),
        hour: Number(hour),
        flights: Number(flights),
        delayed: Number(delayed),
        mean: Number(mean),
        p95: Number(p95),
        worst: Number(worst),
      }),
    );
    const alerts = await allRows(client, flightQuery(table('alerts')), flightRow);
    const late = await allRows(client, flightQuery(table('late_flights')), flightRow);
    await client.query('COMMIT');
    return { departures, alerts, late };
  } finally {
    await client.end();
  }
}

function epoch(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

function flightQuery(table: string): string {
  return `SELECT id, airport, destination, ${epoch('scheduled')}, delay FROM ${table}`;
}

function flightRow([id, airport, destination, scheduled, delay]: readonly unknown[]): FlightRow {
  return {
    id: Number(id),
    airport: String(airport),
    destination: String(destination),
    scheduled: Number(scheduled),
    delay: Number(delay),
  };
}

async function allRows<R>(client: pg.Client, query: string, rowOf: (columns: readonly unknown[]) => R): Promise<R[]> {
  const rows: R[] = [];
  await client.query(`DECLARE reading NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    // In portions: the driver's rows of half a million windows at once would be the largest thing in memory.
    const portion = await client.query<unknown[]>({ text: 'FETCH 20000 FROM reading', rowMode: 'array' });
    for (const columns of portion.rows) rows.push(rowOf(columns));
    if (portion.rows.length === 0) break;
  }
  await client.query('CLOSE reading');
  return rows;
}
