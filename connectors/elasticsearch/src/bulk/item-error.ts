import { SluiceError } from '@sluice/connector-sdk';
import { privilege } from '../server/request-failure.js';
import type { ItemOutcome } from './item-outcome.js';

/** Why an element is rejected, by what was said of its document. */
export function rejection(
  component: string,
  { mapping, reason }: Extract<ItemOutcome, { readonly kind: 'rejected' }>,
): SluiceError {
  return mapping
    ? new SluiceError({
        code: 'SLUICE_ELASTICSEARCH_MAPPING',
        component,
        expected: 'documents that fit the mapping of their index',
        actual: reason,
        remedy: 'correct `document` or the mapping, or give `to(...)` a `rejected` output',
      })
    : new SluiceError({
        code: 'SLUICE_ELASTICSEARCH_DOCUMENT',
        component,
        expected: 'a document that the cluster takes',
        actual: reason,
        remedy: 'correct `document`, or give `to(...)` a `rejected` output',
      });
}

/** What fails the run although an item alone was refused: every other would be. */
export function fatalError(
  component: string,
  { problem, reason }: Extract<ItemOutcome, { readonly kind: 'fatal' }>,
): SluiceError {
  switch (problem) {
    case 'index':
      return indexUnusable(component, reason);
    case 'privilege':
      return privilege(component, reason);
    case 'pipeline':
      return new SluiceError({
        code: 'SLUICE_ELASTICSEARCH_PIPELINE',
        component,
        expected: 'the ingest pipeline to be there',
        actual: reason,
        remedy: 'create it, or correct `pipeline`',
      });
    case 'blocked':
      return blocked(component, reason);
  }
}

export function indexUnusable(component: string, reason: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_INDEX',
    component,
    expected: 'an open index, one that may be created, or an alias with one index to write to',
    actual: reason,
    remedy: 'create or open the index, give the alias a write index, or allow `action.auto_create_index`',
  });
}

export function blocked(component: string, reason: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_BLOCKED',
    component,
    expected: 'an index that may be written to',
    actual: reason,
    remedy: 'take away the blocks in `index.blocks`; a full disk sets one, and then it wants space first',
  });
}
