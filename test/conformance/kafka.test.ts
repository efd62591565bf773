import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { proveKafka } from './subjects/kafka.js';

describeWithService(
  'kafka',
  'kafkaSource and kafkaSink are proved by the kit',
  (endpoint) => void proveKafka(endpoint),
);
