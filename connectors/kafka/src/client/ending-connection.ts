import { AbortWatch } from './abort-watch.js';
import type { KafkaConnection, OwnConnection } from './connection.js';

/** A run connects anew as often as its brokers make it: on its signal there is one listener for all of that. */
const aborts = new AbortWatch();

/** The same connection, but all that is under way on it fails when the signal is aborted: kafkajs itself can only be waited for. */
export function endingConnection(connection: KafkaConnection, signal: AbortSignal): KafkaConnection {
  let shared: OwnConnection | undefined;
  const own = (): OwnConnection => {
    const { kafka, destroy } = connection.own();
    const end = (): void => {
      unwatch();
      destroy();
    };
    const unwatch = aborts.watch(signal, end);
    if (signal.aborted) end();
    return { kafka, destroy: end };
  };
  return {
    ...connection,
    get kafka() {
      shared ??= own();
      return shared.kafka;
    },
    own,
  };
}
