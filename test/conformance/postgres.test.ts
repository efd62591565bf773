import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { proofProgram } from './proof-program.js';
import { provePostgres } from './subjects/postgres.js';

const program = await proofProgram('postgres');

describeWithService('postgres', 'postgresSink is proved by the kit', (endpoint) => provePostgres(endpoint, program));
