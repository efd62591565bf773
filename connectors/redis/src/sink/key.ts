import { unfit, wellFormed } from './value.js';

/**
 * The key beside another one that holds its version. Both lie in the same slot of a cluster: what is between the first `{` and the next `}` of
 * a key decides about it.
 */
export function siblingOf(key: string): string {
  return hasTag(key) ? `${key}:sluice` : `{${key}}:sluice`;
}

function hasTag(key: string): boolean {
  const open = key.indexOf('{');
  return open >= 0 && key.indexOf('}', open) > open + 1;
}

/** A key without a tag that has a `}` in it has no sibling in its slot. */
export function canHaveSibling(key: string): boolean {
  return hasTag(key) || !key.includes('}');
}

/** Errors: SLUICE_REDIS_VALUE. */
export function checkedKey(component: string, key: unknown, paired: boolean): string {
  if (typeof key !== 'string' || key === '')
    throw unfit(component, '`key` to give a text that is not empty', typeof key);
  wellFormed(component, '`key`', key);
  if (paired && !canHaveSibling(key)) {
    throw unfit(component, 'a key without `}` or with a {tag}, because this is a cluster', 'a `}` outside of a tag');
  }
  return key;
}
