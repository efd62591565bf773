import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { behindProxy } from './behind-proxy.js';
import { proofProgram } from './proof-program.js';
import { provePostgres } from './subjects/postgres.js';

const program = await proofProgram('postgres');

describeWithService('postgres', 'postgresSink and postgresSource are proved by the kit', async (endpoint) =>
  provePostgres(await behindProxy(endpoint), program),
);
