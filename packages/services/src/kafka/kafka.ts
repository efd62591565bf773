import type { Service } from '../service.js';
import { prepareKafka } from './prepare.js';
import { probeKafka } from './probe.js';

export const kafka: Service = {
  name: 'kafka',
  title: 'Kafka',
  variable: 'KAFKA_BROKERS',
  localEndpoints: ['127.0.0.1:9092'],
  // The broker, its controller, and two for listeners that settings add.
  ports: 4,
  stopSignal: 'SIGTERM',
  account: async () => ({}),
  probe: probeKafka,
  answers: probeKafka,
  prepare: prepareKafka,
};
