import { structuredCodec } from '@sluice/connector-sdk';
import { KeyedProcessTimers } from '../operators/keyed-process-timers.js';
import { unknownState } from '../query/query-failure.js';
import { detailsOf, type StateShape } from '../state/descriptor.js';
import { KeyedStore } from '../state/keyed-store.js';
import { OperatorList, type OperatorListDetails } from '../state/operator-list.js';
import { OperatorMap } from '../state/operator-map.js';
import { preambleOf } from '../state/snapshot-format.js';
import type { StateValues } from '../state/state-values.js';
import { valueCodec } from '../state/value-codec.js';

const BROADCAST = '~broadcast ';

/** What an operator keeps beside its keys: lists of `processStream`, maps that `processBroadcast` has the same everywhere. */
export function savedOperatorState<S extends StateShape>(
  uid: string,
  maxParallelism: number,
  shape: S,
  bytes: Uint8Array,
): StateValues<S> {
  const tables = preambleOf(bytes, uid).tables.map(({ name }) => name);
  const store = new KeyedStore({ uid, maxParallelism, undeclared: 'drop' });
  // Their form is their own: declared, they can be passed over.
  new KeyedProcessTimers(store);
  const opened = Object.entries(shape).map(([name, descriptor]) => {
    const isList = descriptor?.kind === 'operatorList';
    if (!tables.includes(isList ? name : `${BROADCAST}${name}`)) {
      const known = tables.map((table) => (table.startsWith(BROADCAST) ? table.slice(BROADCAST.length) : table));
      throw unknownState(
        'savepoint',
        uid,
        name,
        known.filter((table) => !table.startsWith('~')),
      );
    }
    return [name, isList ? list(store, name, descriptor) : broadcastMap(store, name, descriptor)] as const;
  });
  store.restore(bytes);
  const values = opened.map(([name, state]) => {
    state.restored();
    return [name, state instanceof OperatorMap ? new Map(state.entries()) : state.get()];
  });
  return Object.fromEntries(values) as StateValues<S>;
}

function list(store: KeyedStore, name: string, descriptor: StateShape[string]): OperatorList {
  const { codec, redistribute = 'split' } = descriptor as OperatorListDetails;
  return new OperatorList(store, name, redistribute, valueCodec(codec ?? structuredCodec<unknown>(), name));
}

function broadcastMap(store: KeyedStore, name: string, descriptor: StateShape[string]): OperatorMap {
  const details = detailsOf(name, descriptor);
  const codec = details.kind === 'aggregating' ? undefined : details.codec;
  return new OperatorMap(store, name, valueCodec(codec ?? structuredCodec<unknown>(), name));
}
