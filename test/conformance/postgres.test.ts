import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { provePostgres } from './subjects/postgres.js';

describeWithService('postgres', 'postgresSink is proved by the kit', (endpoint) => void provePostgres(endpoint));
