import { structuredCodec } from '@sluice/connector-sdk';
import { aggregateEntries } from '../aggregates/aggregate-entries.js';
import { compileAggregate } from '../aggregates/compile.js';
import { bindAggregating } from './aggregating-state.js';
import { detailsOf, type StateDetails, type StateOf, type StateShape } from './descriptor.js';
import { plainEntries } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import { bindList } from './list-state.js';
import { ListTable } from './list-table.js';
import { bindMap } from './map-state.js';
import { MapTable } from './map-table.js';
import { bindReducing } from './reducing-state.js';
import { Expiry } from './ttl.js';
import type { Turn } from './turn.js';
import { valueCodec } from './value-codec.js';
import { bindValue } from './value-state.js';
import { openValues } from './values.js';

/** Makes the handles of an operator's states, once: they belong to the key whose turn it is. Before the store is restored. */
export function bindState<S extends StateShape>(shape: S, store: KeyedStore, turn: Turn): StateOf<S> {
  const handles = Object.entries(shape).map(([name, descriptor]) => {
    return [name, bind(name, detailsOf(name, descriptor), store, turn)] as const;
  });
  return Object.fromEntries(handles) as StateOf<S>;
}

function bind(name: string, details: StateDetails, store: KeyedStore, turn: Turn): unknown {
  const { ttl } = details;
  if (details.kind === 'aggregating') {
    const compiled = compileAggregate(details.aggregate);
    return bindAggregating(name, turn, openValues(store, name, aggregateEntries(compiled), turn, ttl), compiled);
  }
  const values = valueCodec(details.codec ?? structuredCodec<unknown>(), name);
  const expiry = ttl === undefined ? undefined : new Expiry(ttl, turn, name);
  switch (details.kind) {
    case 'list':
      return bindList(name, turn, new ListTable(store, name, values, expiry));
    case 'map':
      return bindMap(name, turn, new MapTable(store, name, values, expiry));
    case 'reducing':
      return bindReducing(name, turn, openValues(store, name, plainEntries(values), turn, ttl), details.reduce);
    case 'value':
      return bindValue(name, turn, openValues(store, name, plainEntries(values), turn, ttl), details.initial);
  }
}
