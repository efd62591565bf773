import { postgresSink } from '@sluice/postgres';
import { preparedUnder, readTables } from '../judge/read-tables.js';
import { type Mode, runningOptions, type SinkPlace, tableStatements } from '../workload/tables.js';
import { withPostgres } from './postgres-client.js';
import { endpointOf, type Place, type SinkSide } from './sides.js';

export function sinkPlaceOf(place: Place): SinkPlace {
  return {
    connectionString: endpointOf(place, 'postgres'),
    schema: place.name.replaceAll('-', '_'),
    prefix: place.name,
  };
}

/** Rows that are written in the transaction of their checkpoint are those of a ledger otherwise. */
const modeOf = (variant: string): Mode => (variant === 'one-transaction' ? 'ledger' : (variant as Mode));

export const postgresSinkSide: SinkSide = {
  needs: ['postgres'],
  judged: (variant) => (variant === 'upsert' ? 'latest' : 'exactly'),
  prepare: (place, variant) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      await client.query(tableStatements(sinkPlaceOf(place).schema, modeOf(variant), false));
    }),
  create: (place, variant) => postgresSink(runningOptions(sinkPlaceOf(place), modeOf(variant))),
  readBack: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      return (await readTables(client, sinkPlaceOf(place).schema)).running;
    }),
  left: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      const gids = await preparedUnder(client, sinkPlaceOf(place).prefix);
      return gids.map((gid) => `the prepared transaction ${gid}`);
    }),
  remove: (place) =>
    withPostgres(endpointOf(place, 'postgres'), async (client) => {
      const { schema, prefix } = sinkPlaceOf(place);
      for (const gid of await preparedUnder(client, prefix)) await client.query(`ROLLBACK PREPARED '${gid}'`);
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    }),
};
