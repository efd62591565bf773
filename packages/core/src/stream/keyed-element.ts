import type { Keyed } from './element.js';

/** The object made of a keyed element where a stock operator, a plain subscriber or a function of the user takes it. */
export class KeyedElement<K, T> implements Keyed<K, T> {
  declare readonly '~sluice': 'keyed';
  constructor(
    readonly key: K,
    readonly value: T,
  ) {}
}
Object.defineProperty(KeyedElement.prototype, '~sluice', { value: 'keyed' });
