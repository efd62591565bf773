import { batchWriter, type SinkContext, type SinkWriter, SluiceError } from '@sluice/connector-sdk';
import { withConnection } from '../connection/with-connection.js';
import { raiseFence } from '../fence/fence.js';
import { checkedKey } from './key.js';
import { type Item, operationsOf } from './operation.js';
import { PlacesInFlight } from './places-in-flight.js';
import type { Shape } from './shape.js';
import type { SinkSettings } from './sink-settings.js';
import { bytesOf, kindOf, unfit } from './value.js';
import { type WriteTarget, writeOperations } from './write-operations.js';

/** The server does one batch while the next is put together and sent; more would wait in its buffer. */
const BATCHES_IN_FLIGHT = 2;

/** The writer of every shape. */
export async function versionedWriter<T, Content>(
  context: SinkContext<T>,
  settings: SinkSettings<T>,
  shape: Shape<T, Content>,
): Promise<SinkWriter<T>> {
  const { component, connection, prefix } = settings;
  const { client, result: fence } = await withConnection(connection, context.signal, 'the fence to be set', (opened) =>
    raiseFence(opened, component, prefix, context),
  );
  const stop = () => client.close();
  try {
    context.signal.addEventListener('abort', stop, { once: true });
    context.signal.throwIfAborted();
    const { metrics } = context;
    const target: WriteTarget<T, Content> = {
      client,
      shape,
      settings,
      fence,
      context,
      superseded: metrics.counter('sluice_redis_superseded_total', 'Elements older than what their key holds'),
      retries: metrics.counter('sluice_redis_retries_total', 'Batches that were tried again'),
    };
    const places = new PlacesInFlight();
    const batches = batchWriter<Item<T, Content>>(itemContext(context), {
      maxCount: settings.maxCount,
      maxBytes: settings.maxBytes,
      linger: settings.linger,
      sizeOf: (item) => item.bytes,
      maxInFlight: BATCHES_IN_FLIGHT,
      write: async (items, signal) => {
        const operations = operationsOf(items, shape);
        const rejected = await places.take(operations, () => writeOperations([...operations.values()], target, signal));
        return { rejected };
      },
    });
    const toItem = itemOf(settings, shape, client.isCluster);
    return {
      write(value, timestamp) {
        let item: Item<T, Content>;
        try {
          item = toItem(value);
        } catch (cause) {
          context.reject(value, cause);
          return undefined;
        }
        return plainly(batches.write(item, timestamp));
      },
      flush: () => plainly(batches.flush()),
      async close() {
        context.signal.removeEventListener('abort', stop);
        // Ends what is under way, so that closing does not wait for a server that does not answer.
        client.close();
        await batches.close();
      },
    };
  } catch (error) {
    context.signal.removeEventListener('abort', stop);
    client.close();
    throw error;
  }
}

/** Numbers the elements. @throws SLUICE_REDIS_VALUE, and what the functions of the options throw, for one that cannot be written */
function itemOf<T, Content>(settings: SinkSettings<T>, shape: Shape<T, Content>, cluster: boolean) {
  const { component, prefix } = settings;
  const encode = shape.encoder();
  let sequence = 0;
  return (value: T): Item<T, Content> => {
    const key = prefix + checkedKey(component, settings.key(value), false);
    if (cluster && shape.keysOfAWrite === 2) checkedKey(component, key, true);
    const version = versionOf(component, settings.version?.(value));
    const encoded = encode(value, key);
    const bytes = 2 * bytesOf(key) + encoded.bytes;
    return { value, key, sequence: ++sequence, version, ...encoded, bytes };
  };
}

function versionOf(component: string, version: number | bigint | undefined): bigint | undefined {
  if (version === undefined) return undefined;
  if (typeof version === 'bigint' ? version >= 0n : Number.isSafeInteger(version) && version >= 0)
    return BigInt(version);
  throw unfit(component, '`version` to give a whole number from 0', kindOf(version));
}

function itemContext<T, Content>(context: SinkContext<T>): SinkContext<Item<T, Content>> {
  return { ...context, reject: (item, cause) => context.reject(item.value, cause) };
}

/** Errors of ours say themselves what to do; that they came by way of a batch is of no use to anybody. */
function plainly(outcome: Promise<void>): Promise<void>;
function plainly(outcome: Promise<void> | undefined): Promise<void> | undefined;
function plainly(outcome: Promise<void> | undefined): Promise<void> | undefined {
  const plain = outcome?.catch((error: unknown) => {
    const cause = SluiceError.isInstance(error) && error.code === 'SLUICE_BATCH_WRITE' ? error.cause : undefined;
    throw SluiceError.isInstance(cause) ? cause : error;
  });
  // Of many that wait for the same room not every one is looked at.
  plain?.catch(() => {});
  return plain;
}
