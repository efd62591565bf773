import type { InputRecord } from '@sluice-examples/runner';

/** A document as it was after a change; or that it was deleted. */
export interface Change {
  readonly id: string;
  /** Counted up by each change of the document, from 1. */
  readonly revision: number;
  readonly deleted?: boolean;
  readonly title?: string;
  readonly price?: number | string;
}

export const DOCUMENTS = 200;
const THINGS = ['Lamp', 'Chair', 'Desk', 'Shelf', 'Clock'];

/**
 * Changes of products as a shop sends them. One in twenty is sent again long after newer ones; one in thirty deletes; one in a hundred has a price
 * that is no number; and one record in a hundred is no JSON at all.
 */
export function change(index: number, random: () => number): InputRecord {
  const number = Math.floor(random() * DOCUMENTS);
  const id = `product-${number}`;
  const kind = random();
  if (kind < 0.01) return { key: id, value: `{"id":"${id}","revi` };
  const again = kind < 0.06 ? 400 : 0;
  const revision = Math.max(1, index + 1 - again);
  if (kind > 0.967) return { key: id, value: JSON.stringify({ id, revision, deleted: true }) };
  const price = kind < 0.07 ? 'on request' : Math.round(random() * 10_000) / 100;
  const title = `${THINGS[number % THINGS.length]} no. ${number}`;
  return { key: id, value: JSON.stringify({ id, revision, title, price }) };
}
