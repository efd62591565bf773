import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemOutcome } from './item-outcome.js';

const of = (status: number, type?: string, reason = '') =>
  itemOutcome(type === undefined ? { status } : { status, error: { type, reason } });

describe('what is done about an item', () => {
  test.each([200, 201])('%i is done', (status) => expect(of(status)).toEqual({ kind: 'done' }));
  test('a delete of what is not there is done', () => expect(of(404)).toEqual({ kind: 'done' }));

  test('a version conflict tells what is stored', () => {
    const reason = '[a]: version conflict, current version [12] is higher or equal to the one provided [3]';
    expect(of(409, 'version_conflict_engine_exception', reason)).toEqual({ kind: 'stale', stored: 12 });
    expect(of(409, 'version_conflict_engine_exception', 'other words')).toEqual({ kind: 'stale', stored: undefined });
  });

  test.each([
    [429, 'es_rejected_execution_exception'],
    [429, 'circuit_breaking_exception'],
    [503, 'unavailable_shards_exception'],
    [500, 'translog_exception'],
  ])('%i %s may pass', (status, type) => expect(of(status, type).kind).toBe('retry'));

  test.each([
    [404, 'index_not_found_exception', '', 'index'],
    [400, 'index_closed_exception', 'closed', 'index'],
    [400, 'illegal_argument_exception', 'no write index is defined for alias [a]. ...', 'index'],
    [400, 'illegal_argument_exception', 'Alias [a] has more than one index associated with it', 'index'],
    [400, 'illegal_argument_exception', 'pipeline with id [p] does not exist', 'pipeline'],
    [403, 'cluster_block_exception', '', 'blocked'],
    [403, 'security_exception', '', 'privilege'],
  ])('%i %s is not the fault of the document: %s', (status, type, reason, problem) => {
    expect(of(status, type, reason)).toMatchObject({ kind: 'fatal', problem });
  });

  test.each([
    [
      "[1:6] failed to parse field [a.n] of type [long] in document with id 'x'. Preview of field's value: 'SECRET'",
      'field [a.n] of type [long]',
    ],
    ['[1:6] object mapping for [a] tried to parse field [a] as object, but found SECRET', 'field [a]'],
    ['mapper [n] cannot be changed from type [long] to [text]', 'mapper [n] cannot be changed'],
    ['[1:6] mapping set to strict, dynamic introduction of [n] within [_doc] is not allowed', 'field [n]'],
  ])('%s names the field', (reason, field) => {
    const outcome = of(400, 'document_parsing_exception', reason);
    expect(outcome).toMatchObject({ kind: 'rejected', mapping: true, reason: expect.stringContaining(field) });
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
  });

  test('an internal error that the document is to blame for is not tried for ever', () => {
    expect(of(500, 'not_x_content_exception').kind).toBe('rejected');
  });

  test('whatever the server says: an item with an error is never done but as a conflict, and no words of it go on', () => {
    const text = fc.string({ minLength: 4, maxLength: 40 }).map((words) => `SECRET ${words} SECRET`);
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(text, fc.anything()),
        fc.oneof(text, fc.anything()),
        (status, type, reason) => {
          const outcome = itemOutcome({ status, error: { type, reason } });
          expect(outcome.kind).not.toBe('done');
          expect(outcome.kind === 'stale').toBe(status === 409);
          expect(JSON.stringify(outcome)).not.toContain('SECRET');
        },
      ),
    );
  });

  test('without an error only success and a delete of nothing are done', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        expect(of(status).kind === 'done').toBe((status >= 200 && status < 300) || status === 404);
      }),
    );
  });
});
