import { describe, expect, test } from 'vitest';
import { failureOf, isLogin, isTransient } from './failure.js';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('failureOf', () => {
  test.each([
    ['WRONGTYPE', new Error('WRONGTYPE Operation against a key holding the wrong kind of value')],
    ['WRONGTYPE', new Error('WRONGTYPE Operation … script: 1f, on @user_script:12.')],
    [
      'WRONGTYPE',
      new Error('ERR Error running script (call to f_1): @user_script:3: WRONGTYPE Operation against a key'),
    ],
    ['READONLY', new Error("READONLY You can't write against a read only replica.")],
    ['NOSCRIPT', new Error('NOSCRIPT No matching script. Please use EVAL.')],
    ['MOVED', new Error('Too many Cluster redirections. Last error: ReplyError: MOVED 3999 127.0.0.1:6381')],
    ['CLOSED', new Error('Too many Cluster redirections. Last error: Error: Connection is closed.')],
    ['NOPERM', new Error("ERR The user executing the script can't run this command or subcommand script: 1f")],
    ['NOT_FLOAT', new Error('ERR value is not a valid float')],
    ['CLUSTER_OFF', new Error('ERR This instance has cluster support disabled')],
    ['TOO_LARGE', new Error('ERR string exceeds maximum allowed size (proto-max-bulk-len)')],
    ['UNKNOWN_COMMAND', new Error("ERR unknown command 'JSON.SET', with args beginning with: ")],
    ['UNKNOWN_COMMAND', new Error('ERR Unknown Redis command called from script script: 1f')],
    ['WRONGPASS', new Error('WRONGPASS invalid username-password pair or user is disabled.')],
    ['ERR', new Error('ERR something else about a value')],
    ['CLOSED', new Error('Connection is closed.')],
    ['CLOSED', new Error("Stream isn't writeable and enableOfflineQueue options is false")],
    ['CLOSED', named('MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 0).')],
    ['CLOSED', named('AbortError', 'Command aborted due to connection close')],
    ['TIMEOUT', new Error('Command timed out')],
    ['ECONNREFUSED', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['ERR', 'a text'],
    ['ERR', null],
  ])('%s: %s', (code, error) => {
    expect(failureOf(error).code).toBe(code);
  });

  test('the reason why no node of a cluster answers is taken', () => {
    const last = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const error = Object.assign(named('ClusterAllFailedError', 'Failed to refresh slots cache.'), {
      lastNodeError: last,
    });
    expect(failureOf(error).code).toBe('ECONNREFUSED');
  });

  test('nothing of the driver’s error is kept: it holds the command with its arguments', () => {
    const error = Object.assign(new Error('ERR value is secret'), { command: { name: 'auth', args: ['secret'] } });
    const failure = failureOf(error);
    expect(failureOf(failure)).toBe(failure);
    expect(`${failure.message}${JSON.stringify(failure)}${String(failure.cause)}`).not.toContain('secret');
  });
});

test('what may pass, and what is about the login', () => {
  const codes = (check: (failure: ReturnType<typeof failureOf>) => boolean) =>
    ['READONLY x', 'LOADING x', 'CLUSTERDOWN x', 'OOM x', 'WRONGTYPE x', 'ERR x', 'NOPERM x', 'NOAUTH x'].filter(
      (text) => check(failureOf(new Error(text))),
    );
  expect(codes(isTransient)).toEqual(['READONLY x', 'LOADING x', 'CLUSTERDOWN x', 'OOM x']);
  expect(codes(isLogin)).toEqual(['NOPERM x', 'NOAUTH x']);
});
