import {
  type ConformanceItem,
  type ConformancePlace,
  type SinkConformanceOptions,
  sinkConformance,
} from '@sluice/conformance';
import { type PostgresSinkOptions, postgresSink } from '@sluice/postgres';
import pg from 'pg';
import { Endpoint } from '../endpoint.js';
import { isProofChild } from '../proof-child.js';

const server = new Endpoint('SLUICE_TEST_POSTGRES');

async function sql<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const prefixOf = ({ id }: ConformancePlace): string => id;

function prepared(place: ConformancePlace): Promise<{ gid: string }[]> {
  return sql('SELECT gid FROM pg_prepared_xacts WHERE starts_with(gid, $1) ORDER BY 1', [`${prefixOf(place)}_`]);
}

function options(place: ConformancePlace, mode: 'ledger' | 'two-phase'): PostgresSinkOptions<ConformanceItem> {
  return {
    connectionString: server.url,
    table: `${place.id}.items`,
    schema: place.id,
    prefix: prefixOf(place),
    columns: { id: (item) => item.id, key: (item) => item.key, text: (item) => item.text },
    transactional: mode,
    lockTimeout: '2s',
    // Small, so that an epoch is several statements and a writer is soon full.
    rowsPerStatement: 64,
    maxEpochBytes: 256 * 1024,
  };
}

/** The sink in one of its modes; rows are inserted, and no unique key hides one that comes twice. */
function postgresProof(mode: 'ledger' | 'two-phase'): SinkConformanceOptions {
  return {
    name: `postgresSink, ${mode}`,
    module: import.meta.url,
    guarantee: 'transactional',
    capabilities: { order: true },
    environment: () => server.environment,
    secrets: ['very-secret'],
    create: (place) => postgresSink(options(place, mode)),
    async setUp({ id }) {
      await sql(`CREATE SCHEMA ${id}`);
      await sql(`CREATE TABLE ${id}.items (place bigserial, id int, key text, text text)`);
    },
    async tearDown(place) {
      for (const { gid } of await prepared(place)) await sql(`ROLLBACK PREPARED '${gid}'`);
      await sql(`DROP SCHEMA ${place.id} CASCADE`);
    },
    readBack: ({ id }) =>
      sql<{ id: number; key: string; text: string }>(`SELECT id, key, text FROM ${id}.items ORDER BY place`),
    leftovers: async (place) => (await prepared(place)).map(({ gid }) => `prepared transaction ${gid}`),
    loseConnections: async () => {
      await sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sluice%' AND datname = current_database()`,
      );
    },
    unreachable: () =>
      postgresSink({
        ...options({ id: 'nowhere', folder: '' }, mode),
        connectionString: 'postgres://me:very-secret@127.0.0.1:1/db',
      }),
    invalidOptions: {
      'no table': () => postgresSink({ ...options({ id: 'x', folder: '' }, mode), table: '' }),
      'no columns': () => postgresSink({ ...options({ id: 'x', folder: '' }, mode), columns: {} }),
      'a prefix with a quote': () => postgresSink({ ...options({ id: 'x', folder: '' }, mode), prefix: "x'" }),
      'an epoch of no bytes': () => postgresSink({ ...options({ id: 'x', folder: '' }, mode), maxEpochBytes: 0 }),
    },
    poison: { element: { id: 2 ** 40, key: 'k', text: 'too large for its column' }, outcome: 'rejected' },
  };
}

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function provePostgres(url?: () => string, module: string = import.meta.url): Promise<void> {
  server.use(url);
  await sinkConformance({ ...postgresProof('ledger'), module });
  await sinkConformance({ ...postgresProof('two-phase'), module });
}

if (isProofChild()) await provePostgres();
