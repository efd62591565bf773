import type { KafkaConnection, OwnConnection } from './connection.js';

/** The same connection, but all that is under way on it fails when the signal is aborted: kafkajs itself can only be waited for. */
export function endingConnection(connection: KafkaConnection, signal: AbortSignal): KafkaConnection {
  const open = new Set<() => void>();
  const own = (): OwnConnection => {
    const { kafka, destroy } = connection.own();
    const end = (): void => {
      open.delete(end);
      destroy();
    };
    if (signal.aborted) end();
    else open.add(end);
    return { kafka, destroy: end };
  };
  signal.addEventListener(
    'abort',
    () => {
      for (const end of open) end();
    },
    { once: true },
  );
  return { ...connection, kafka: own().kafka, own };
}
