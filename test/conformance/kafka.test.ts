import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { proofProgram } from './proof-program.js';
import { proveKafka } from './subjects/kafka.js';

const program = await proofProgram('kafka');

describeWithService(
  'kafka',
  'kafkaSource and kafkaSink are proved by the kit',
  (endpoint) => void proveKafka(endpoint, program),
);
