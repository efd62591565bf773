import { expect, test } from 'vitest';
import { logBridge } from './log-bridge.js';
import { secretsOf } from './secrets.js';

test('a credential, a token that is learned on the way and unknown fields are not logged', () => {
  const secrets = secretsOf({
    sasl: { mechanism: 'plain', username: 'somebody', password: 'hunter2' },
    ssl: { key: Buffer.from('PRIVATE KEY'), passphrase: 'sesame' },
  });
  secrets.add('a-token');
  const lines: string[] = [];
  const log = (fields: object, message?: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const bridge = logBridge({ debug: log, info: log, warn: log, error: log }, secrets);
  const told = 'somebody hunter2 PRIVATE KEY sesame a-token';
  bridge({
    namespace: 'Connection',
    level: 1,
    label: 'ERROR',
    log: { timestamp: '', message: told, broker: told, payload: told, error: told, stack: told, retryCount: 2 },
  });
  bridge({ namespace: 'Connection', level: 5, label: 'DEBUG', log: { timestamp: '', message: 'a request in full' } });
  expect(lines).toEqual(['*** *** *** *** *** {"client":"Connection","broker":"*** *** *** *** ***","retryCount":2}']);
});
