import type { Service } from '../service.js';
import { prepareRedis } from './prepare.js';
import { probeRedis } from './probe.js';

export const redis: Service = {
  name: 'redis',
  title: 'Redis',
  variable: 'REDIS_URL',
  localEndpoints: ['redis://127.0.0.1:6379'],
  ports: 1,
  stopSignal: 'SIGTERM',
  account: async () => ({}),
  probe: probeRedis,
  answers: probeRedis,
  prepare: prepareRedis,
};
