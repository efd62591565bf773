import { ordinaryAccount } from '../process/account.js';
import type { Service } from '../service.js';
import { preparePostgres } from './prepare.js';
import { askPostgres, probePostgres } from './probe.js';

export const postgres: Service = {
  name: 'postgres',
  title: 'PostgreSQL',
  variable: 'DATABASE_URL',
  localEndpoints: [
    'postgres://sluice:sluice@127.0.0.1:5432/postgres',
    'postgres://postgres:postgres@127.0.0.1:5432/postgres',
    'postgres://postgres@127.0.0.1:5432/postgres',
  ],
  ports: 1,
  // Ends sessions and writes a checkpoint, where SIGTERM would wait for the sessions.
  stopSignal: 'SIGINT',
  account: ordinaryAccount,
  probe: probePostgres,
  answers: askPostgres,
  prepare: preparePostgres,
};
