import {
  type ConformanceItem,
  type ConformancePlace,
  type SinkConformanceOptions,
  type SourceConformanceOptions,
  sinkConformance,
  sourceConformance,
} from '@sluice/conformance';
import {
  type KeyPosition,
  type KeyRange,
  type PostgresRow,
  type PostgresSinkOptions,
  type PostgresSourceOptions,
  postgresSink,
  postgresSource,
} from '@sluice/postgres';
import pg from 'pg';
import { isProofChild } from '../proof-child.js';
import { ProxiedEndpoint, type ProxiedServer } from '../proxied-endpoint.js';

const server = new ProxiedEndpoint('SLUICE_TEST_POSTGRES');
const NOWHERE = 'postgres://me:very-secret@127.0.0.1:1/db';
const x: ConformancePlace = { id: 'x', folder: '' };

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
    connectionString: server.proxy,
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

const shared = {
  module: import.meta.url,
  environment: () => server.environment,
  secrets: ['very-secret'],
  loseConnections: () => server.loseConnections(),
  async setUp({ id }: ConformancePlace): Promise<void> {
    await sql(`CREATE SCHEMA ${id}`);
    await sql(`CREATE TABLE ${id}.items (place bigserial, id int, key text, text text, PRIMARY KEY (key, place))`);
  },
} as const;

/** The sink in one of its modes; rows are inserted, and no unique key hides one that comes twice. */
function postgresProof(mode: 'ledger' | 'two-phase'): SinkConformanceOptions {
  return {
    name: `postgresSink, ${mode}`,
    ...shared,
    guarantee: 'transactional',
    capabilities: { order: true },
    create: (place) => postgresSink(options(place, mode)),
    async tearDown(place) {
      for (const { gid } of await prepared(place)) await sql(`ROLLBACK PREPARED '${gid}'`);
      await sql(`DROP SCHEMA ${place.id} CASCADE`);
    },
    readBack: ({ id }) =>
      sql<{ id: number; key: string; text: string }>(`SELECT id, key, text FROM ${id}.items ORDER BY place`),
    leftovers: async (place) => (await prepared(place)).map(({ gid }) => `prepared transaction ${gid}`),
    unreachable: () => postgresSink({ ...options(x, mode), connectionString: NOWHERE }),
    invalidOptions: {
      'no table': () => postgresSink({ ...options(x, mode), table: '' }),
      'no columns': () => postgresSink({ ...options(x, mode), columns: {} }),
      'a prefix with a quote': () => postgresSink({ ...options(x, mode), prefix: "x'" }),
      'an epoch of no bytes': () => postgresSink({ ...options(x, mode), maxEpochBytes: 0 }),
    },
    poison: { element: { id: 2 ** 40, key: 'k', text: 'too large for its column' }, outcome: 'rejected' },
  };
}

const CHUNK = 20;
type Reading = Pick<PostgresSourceOptions<ConformanceItem>, 'table' | 'query' | 'splits' | 'snapshot'>;

/** Items of one key are in one range, in the order in which they were put there. */
function sourceOptions(reading: Reading): PostgresSourceOptions<ConformanceItem> {
  return { connectionString: server.proxy, key: ['key', 'place'], value: itemOf, chunkRows: CHUNK, ...reading };
}

function itemOf({ id, key, text }: PostgresRow): ConformanceItem {
  if (typeof id !== 'number') throw new TypeError('a row without an id');
  return { id, key: String(key), text: String(text) };
}

/** A snapshot of a table or a query, by ranges of keys. */
function sourceProof(
  name: string,
  reading: (place: ConformancePlace) => Reading,
): SourceConformanceOptions<ConformanceItem, KeyRange, KeyPosition> {
  return {
    name: `postgresSource, ${name}`,
    ...shared,
    bounded: true,
    create: (place) => postgresSource(sourceOptions(reading(place))),
    async append({ id }, items) {
      await sql(
        `INSERT INTO ${id}.items (id, key, text)
         SELECT r.id, r.key, r.text FROM unnest($1::int[], $2::text[], $3::text[]) WITH ORDINALITY AS r(id, key, text, n) ORDER BY n`,
        [items.map((item) => item.id), items.map(({ key }) => key), items.map(({ text }) => text)],
      );
    },
    async tearDown({ id }) {
      await sql(`DROP SCHEMA ${id} CASCADE`);
    },
    maxBatch: CHUNK,
    poison: {
      append: async ({ id }, key) => void (await sql(`INSERT INTO ${id}.items (key) VALUES ($1)`, [key])),
      outcome: 'fails',
    },
    unreachable: () => postgresSource({ ...sourceOptions(reading(x)), connectionString: NOWHERE }),
    invalidOptions: {
      'neither table nor query': () => postgresSource({ ...sourceOptions({}) }),
      'no key': () => postgresSource({ ...sourceOptions(reading(x)), key: [] }),
      'no rows in a statement': () => postgresSource({ ...sourceOptions(reading(x)), chunkRows: 0 }),
      'half a range': () => postgresSource({ ...sourceOptions(reading(x)), splits: 0.5 }),
    },
  };
}

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function provePostgres(at?: ProxiedServer, module: string = import.meta.url): Promise<void> {
  server.use(at);
  await sinkConformance({ ...postgresProof('ledger'), module });
  await sinkConformance({ ...postgresProof('two-phase'), module });
  await sourceConformance({
    ...sourceProof('a table in three ranges', ({ id }) => ({ table: `${id}.items`, splits: 3 })),
    module,
  });
  await sourceConformance({
    ...sourceProof('a query in one snapshot', ({ id }) => ({
      query: `SELECT * FROM ${id}.items`,
      splits: 2,
      snapshot: 'exported',
    })),
    module,
  });
}

if (isProofChild()) await provePostgres();
