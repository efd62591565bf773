import { errors } from '@elastic/elasticsearch';
import { SluiceError } from '@sluice/connector-sdk';
import { describe, expect, test } from 'vitest';
import { failureOf, requestFailure } from './request-failure.js';

const answered = (statusCode: number, type = 'some_exception') => {
  const error = { type, reason: 'SECRET' };
  return new errors.ResponseError({
    statusCode,
    body: { error },
    headers: { authorization: 'SECRET' },
    warnings: null,
    meta: {} as never,
  });
};

describe('a request that failed', () => {
  test.each([
    new errors.ConnectionError('connect ECONNREFUSED SECRET:9200'),
    new errors.TimeoutError('SECRET'),
    new errors.NoLivingConnectionsError('SECRET', {} as never),
    new errors.DeserializationError('SECRET', 'SECRET'),
    answered(429),
    answered(503),
    answered(500),
    answered(502),
  ])('may succeed later: $name', (error) => {
    const failure = requestFailure('sink', error);
    expect(failure.kind).toBe('passing');
    expect(JSON.stringify(failure)).not.toContain('SECRET');
  });

  test('names the code of the system, and not the host', () => {
    const error = new errors.ConnectionError('connect ECONNREFUSED SECRET:9200');
    expect(failureOf('sink', error)).toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_UNREACHABLE',
      actual: 'ConnectionError ECONNREFUSED',
      transient: true,
    });
  });

  test.each([
    [answered(401), 'SLUICE_ELASTICSEARCH_LOGIN'],
    [answered(403), 'SLUICE_ELASTICSEARCH_PRIVILEGE'],
    [answered(400), 'SLUICE_ELASTICSEARCH_REFUSED'],
    [answered(400, 'media_type_header_exception'), 'SLUICE_ELASTICSEARCH_CLIENT'],
    [new errors.ProductNotSupportedError('SECRET', {} as never), 'SLUICE_ELASTICSEARCH_CLIENT'],
    [new TypeError('SECRET'), 'SLUICE_ELASTICSEARCH_REFUSED'],
    ['SECRET', 'SLUICE_ELASTICSEARCH_REFUSED'],
  ])('fails for good: %#', (error, code) => {
    const failure = failureOf('sink', error);
    expect(failure).toMatchObject({ code, transient: false });
    expect(failure.message + JSON.stringify(failure)).not.toContain('SECRET');
    expect(failure.cause).toBeUndefined();
  });

  test('too large is told apart, and what is ours stays what it is', () => {
    expect(requestFailure('sink', answered(413))).toEqual({ kind: 'tooLarge' });
    const ours = new SluiceError({ code: 'SLUICE_FENCED', component: 'a', expected: 'b', actual: 'c', remedy: 'd' });
    expect(failureOf('sink', ours)).toBe(ours);
  });
});
