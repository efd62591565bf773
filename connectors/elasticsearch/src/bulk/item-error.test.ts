import { expect, test } from 'vitest';
import { fatalError, rejection } from './item-error.js';
import { type ItemProblem, itemOutcome } from './item-outcome.js';

test('a document that does not fit the mapping is told apart from any other that is refused', () => {
  const outcome = (mapping: boolean) => ({ kind: 'rejected', mapping, reason: '400 some_exception' }) as const;
  expect(rejection('sink', outcome(true))).toMatchObject({
    code: 'SLUICE_ELASTICSEARCH_MAPPING',
    component: 'sink',
    actual: '400 some_exception',
  });
  expect(rejection('sink', outcome(false)).code).toBe('SLUICE_ELASTICSEARCH_DOCUMENT');
});

test.each<[ItemProblem, string]>([
  ['index', 'SLUICE_ELASTICSEARCH_INDEX'],
  ['privilege', 'SLUICE_ELASTICSEARCH_PRIVILEGE'],
  ['pipeline', 'SLUICE_ELASTICSEARCH_PIPELINE'],
  ['blocked', 'SLUICE_ELASTICSEARCH_BLOCKED'],
])('a problem of the %s fails the run with %s', (problem, code) => {
  expect(fatalError('sink', { kind: 'fatal', problem, reason: 'why' })).toMatchObject({ code, actual: 'why' });
});

test('the message of a rejection holds nothing of the document', () => {
  const outcome = itemOutcome({
    status: 400,
    error: {
      type: 'document_parsing_exception',
      reason:
        "[1:9] failed to parse field [age] of type [long] in document with id 'a'. Preview of field's value: 'secret'",
    },
  });
  if (outcome.kind !== 'rejected') throw new Error(`it is ${outcome.kind}`);
  const { message } = rejection('sink', outcome);
  expect(message).toContain('field [age] of type [long]');
  expect(message).not.toContain('secret');
});
