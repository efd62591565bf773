import { postgresSource } from '@sluice/postgres';
import { allPayments, type Payment } from '../workload/payments.js';
import { withPostgres } from './postgres-client.js';
import { endpointOf, type Place, type SourceSide } from './sides.js';

const SPLITS = 3;
const CHUNK = 100;

const schemaOf = ({ name }: Place): string => `${name.replaceAll('-', '_')}_in`;

/** The whole input is a table, read by ranges of its key. */
export const postgresSourceSide: SourceSide = {
  needs: ['postgres'],
  prepare: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      const schema = schemaOf(place);
      await client.query(`CREATE SCHEMA ${schema}`);
      await client.query(`CREATE TABLE ${schema}.payments (id int4 PRIMARY KEY, account text, amount int4, at float8)`);
    }),
  fill: (place, input) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      const rows = JSON.stringify(allPayments(input));
      await client.query(
        `INSERT INTO ${schemaOf(place)}.payments
         SELECT * FROM json_to_recordset($1) AS row(id int4, account text, amount int4, at float8)`,
        [rows],
      );
      await client.query(`ANALYZE ${schemaOf(place)}.payments`);
    }),
  create: (place) =>
    postgresSource<Payment>({
      connectionString: endpointOf(place, 'postgres'),
      table: `${schemaOf(place)}.payments`,
      key: 'id',
      splits: SPLITS,
      chunkRows: CHUNK,
      value: ({ id, account, amount, at }) => ({
        id: Number(id),
        account: String(account),
        amount: Number(amount),
        at: Number(at),
      }),
    }),
  remove: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      await client.query(`DROP SCHEMA IF EXISTS ${schemaOf(place)} CASCADE`);
    }),
};
