import './vitest-globals.js';
import { afterAll } from 'vitest';
import { ByteProxy } from '../services/byte-proxy.js';
import { describeWithOwnService, type OwnServer } from '../services/with-service.js';
import { proofProgram } from './proof-program.js';
import { proveKafka } from './subjects/kafka.js';

const program = await proofProgram('kafka');

let broker: (() => OwnServer) | undefined;
const proxy = await ByteProxy.before(() => broker?.().ports[2] ?? 0);
afterAll(() => proxy.close());

describeWithOwnService(
  'kafka',
  'kafkaSource and kafkaSink are proved by the kit',
  (server) => {
    broker = server;
    const at = { url: () => server().endpoint, proxy: () => `127.0.0.1:${proxy.port}`, cut: () => proxy.cut() };
    return proveKafka(at, program);
  },
  {
    // Clients go on where a broker says that it is: to those that come through the proxy, it is there.
    settings: {
      listeners: 'PLAINTEXT://127.0.0.1:{port},PROXY://127.0.0.1:{port:2},CONTROLLER://127.0.0.1:{port:1}',
      'advertised.listeners': `PLAINTEXT://127.0.0.1:{port},PROXY://127.0.0.1:${proxy.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXY:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
  },
);
