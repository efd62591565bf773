import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { behindProxy } from './behind-proxy.js';
import { proofProgram } from './proof-program.js';
import { proveRedis } from './subjects/redis.js';

const program = await proofProgram('redis');

describeWithService('redis', 'redisHashSink and redisStreamSource are proved by the kit', async (endpoint) =>
  proveRedis(await behindProxy(endpoint), program),
);
