import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sink } from '@sluice/connector-sdk';
import { withPostgres } from '../pairs/postgres-client.js';
import { endpointOf, type Place } from '../pairs/sides.js';
import type { Flaw } from './revisions.js';

/** Of an element that is not delivered. */
export interface Letter {
  readonly id: number;
  readonly flaw: Flaw;
}

/** A system that keeps dead letters exactly once: each of the two flaws in a place of its own, which a sink of its own writes. */
export interface DeadLetters {
  prepare(place: Place): Promise<void>;
  create(place: Place, flaw: Flaw): Promise<Sink<Letter>>;
  readBack(place: Place): Promise<readonly Letter[]>;
  remove(place: Place): Promise<void>;
}

export const flaws: readonly Flaw[] = ['does not decode', 'does not fit'];

const named = (flaw: Flaw): string => (flaw === 'does not decode' ? 'undecoded' : 'refused');
const folderOf = ({ folder }: Place, flaw: Flaw): string => join(folder, named(flaw));

const files: DeadLetters = {
  async prepare(place) {
    for (const flaw of flaws) await mkdir(folderOf(place, flaw), { recursive: true });
  },
  async create(place, flaw) {
    const { fileSink, ndjson } = await import('@sluice/file');
    return fileSink<Letter>({ directory: folderOf(place, flaw), format: ndjson(), roll: { maxBytes: 500 } });
  },
  async readBack(place) {
    const letters: Letter[] = [];
    for (const flaw of flaws) {
      const folder = folderOf(place, flaw);
      for (const name of (await readdir(folder)).filter((part) => part.endsWith('.ndjson'))) {
        const lines = (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '');
        letters.push(...lines.map((line): Letter => JSON.parse(line)));
      }
    }
    return letters;
  },
  // The folder goes as a whole.
  remove: async () => {},
};

const schemaOf = ({ name }: Place): string => name.replaceAll('-', '_');

const tables: DeadLetters = {
  prepare: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      await client.query(`CREATE SCHEMA ${schemaOf(place)}`);
      // Without a unique key, which would hide a letter that was written twice behind an error.
      for (const flaw of flaws) {
        await client.query(`CREATE TABLE ${schemaOf(place)}.${named(flaw)} (id bigint, flaw text)`);
      }
    }),
  async create(place, flaw) {
    const { postgresSink } = await import('@sluice/postgres');
    return postgresSink<Letter>({
      connectionString: endpointOf(place, 'postgres'),
      schema: schemaOf(place),
      table: `${schemaOf(place)}.${named(flaw)}`,
      columns: { id: (letter) => letter.id, flaw: (letter) => letter.flaw },
      transactional: 'ledger',
    });
  },
  readBack: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      const all = flaws
        .map((flaw) => `SELECT id::int, flaw FROM ${schemaOf(place)}.${named(flaw)}`)
        .join(' UNION ALL ');
      return (await client.query<Letter>(all)).rows;
    }),
  remove: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      await client.query(`DROP SCHEMA IF EXISTS ${schemaOf(place)} CASCADE`);
    }),
};

export const deadLetters = { files, tables } as const;
export type LettersIn = keyof typeof deadLetters;
