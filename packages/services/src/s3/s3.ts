import type { Service } from '../service.js';
import { prepareS3 } from './prepare.js';
import { probeS3 } from './probe.js';

export const s3: Service = {
  name: 's3',
  title: 'S3',
  variable: 'S3_ENDPOINT',
  localEndpoints: ['http://127.0.0.1:4568', 'http://127.0.0.1:9090'],
  ports: 1,
  stopSignal: 'SIGTERM',
  account: async () => ({}),
  probe: probeS3,
  answers: probeS3,
  prepare: prepareS3,
};
