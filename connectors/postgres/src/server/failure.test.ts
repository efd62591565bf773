import { describe, expect, it } from 'vitest';
import { failureOf, isConnectionFailure, isTransient } from './failure.js';

const raised = (code: string | undefined) => failureOf(Object.assign(new Error('with a secret in it'), { code }));

describe('a failure', () => {
  it('keeps codes and names of schema objects, and nothing that may quote a row', () => {
    const error = Object.assign(new Error('duplicate key "secret"'), {
      code: '23505',
      table: 't',
      constraint: 't_pkey',
      detail: 'Key (id)=(secret) already exists.',
      hint: 'secret',
      where: 'secret',
      internalQuery: 'secret',
    });
    const failure = failureOf(error);
    expect(failure.message).toBe('a key that is already there table t constraint t_pkey (23505)');
    expect(JSON.stringify({ ...failure, message: failure.message, stack: failure.stack })).not.toContain('secret');
    expect(failureOf(failure)).toBe(failure);
  });

  it('of the connection is told from one of the server', () => {
    for (const code of [
      undefined,
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      '08006',
      '08P01',
      '57P01',
      '57P02',
      '57P03',
    ]) {
      expect(isConnectionFailure(raised(code)), code).toBe(true);
      expect(isTransient(raised(code)), code).toBe(true);
    }
    for (const code of ['40001', '40P01', '53100', '53200', '53300', '55P03', '57014']) {
      expect(isConnectionFailure(raised(code)), code).toBe(false);
      expect(isTransient(raised(code)), code).toBe(true);
    }
    for (const code of ['23505', '22P02', '42P01', '42501', '42704', '55000', '0A000', 'P0001']) {
      expect(isTransient(raised(code)), code).toBe(false);
    }
  });

  it('is made of anything', () => {
    for (const thrown of [undefined, null, 'secret', 5, {}, { code: 5 }]) {
      expect(failureOf(thrown).message).toBe('the connection ended');
    }
  });
});
