import { join } from 'node:path';
import { type ConformanceItem, type ConformancePlace, sinkConformance } from '@sluice/conformance';
import Database from 'libsql';
import { type SqliteSinkOptions, sqliteSink } from './sqlite-sink.js';

const fileOf = ({ folder }: ConformancePlace) => join(folder, 'test.db');

const options = (place: ConformancePlace): SqliteSinkOptions<ConformanceItem> => ({
  file: fileOf(place),
  table: 'items',
  columns: { id: (item) => item.id, key: (item) => item.key, text: (item) => item.text },
});

function query<R>(place: ConformancePlace, sql: string): R[] {
  const db = new Database(fileOf(place), { timeout: 5_000 });
  try {
    return db.prepare(sql).all() as R[];
  } finally {
    db.close();
  }
}

const nowhere = { id: 'nowhere', folder: '/no/such/folder' };

await sinkConformance({
  name: 'sqliteSink',
  module: import.meta.url,
  guarantee: 'transactional',
  capabilities: {
    order: true,
    backpressure: 'SQLite answers at once: there is nothing to wait for',
    connections: 'a file has no connection to lose',
  },
  create: (place) => sqliteSink(options(place)),
  async setUp(place) {
    const db = new Database(fileOf(place));
    db.exec('CREATE TABLE items (place INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER, key TEXT, text TEXT)');
    db.close();
  },
  async readBack(place) {
    const rows = query<ConformanceItem>(place, 'SELECT id, key, text FROM items ORDER BY place');
    return rows.map(({ id, key, text }) => ({ id, key, text }));
  },
  async leftovers(place) {
    return query<{ name: string }>(place, 'SELECT DISTINCT name FROM sluice_staged').map(
      ({ name }) => `staged epoch ${name}`,
    );
  },
  unreachable: () => sqliteSink(options(nowhere)),
  invalidOptions: {
    'no file': () => sqliteSink({ ...options(nowhere), file: '' }),
    'a table with a quote': () => sqliteSink({ ...options(nowhere), table: "it's" }),
    'no columns': () => sqliteSink({ ...options(nowhere), columns: {} }),
  },
  poison: { element: { id: Number.NaN, key: 'k', text: 'SQLite has no such number' }, outcome: 'rejected' },
});
