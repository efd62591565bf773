import type { Client } from '@elastic/elasticsearch';
import { type BatchResult, batchWriter, type SinkContext, type SinkWriter, SluiceError } from '@sluice/connector-sdk';
import { BulkRequests } from './bulk/bulk-requests.js';
import { fatalError, rejection } from './bulk/item-error.js';
import { pauseBefore } from './bulk/pause.js';
import { type DocumentTarget, writeDocuments } from './documents/write-documents.js';
import { encodeEntry } from './entry/encode-entry.js';
import type { Entry } from './entry/entry.js';
import { requestFailure } from './server/request-failure.js';
import type { SinkSettings } from './sink-settings.js';
import type { VersionGiver } from './versions/version-giver.js';

/** Encodes elements as they come and writes them in batches. Closes the client. */
export function elasticsearchWriter<T>(
  client: Client,
  settings: SinkSettings<T>,
  versions: VersionGiver,
  context: SinkContext<T>,
): SinkWriter<T> {
  const { component, maxCount, maxBytes, linger, batchesInFlight: maxInFlight, retry } = settings;
  const { logger, uid, metrics } = context;
  const target: DocumentTarget = {
    component,
    client,
    requests: new BulkRequests(client, settings),
    versionsGiven: settings.version !== undefined,
    fold: settings,
  };
  const stale = metrics.counter('elasticsearch_stale', 'Writes that the document already had, or a newer one instead');
  const retries = metrics.counter('elasticsearch_retries', 'Writes that were sent again');
  const seed = `${context.incarnation} ${context.epoch} ${context.subtask}`;

  function again(entries: readonly Entry<T>[], reasons: ReadonlySet<string>): BatchResult<Entry<T>> {
    for (const entry of entries) entry.attempts++;
    const attempt = Math.max(...entries.map(({ attempts }) => attempts));
    retries.add(entries.length);
    logger.warn({ uid, writes: entries.length, attempt, reasons: [...reasons] }, 'writes are tried again');
    return { retry: entries, retryAfter: pauseBefore(attempt, retry, seed) };
  }

  async function write(batch: readonly Entry<T>[], signal: AbortSignal): Promise<BatchResult<Entry<T>>> {
    const versioned = await versions.give(batch).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      const failure = requestFailure(component, error);
      if (failure.kind === 'final') throw failure.error;
      return failure.kind === 'passing' ? failure.reason : 'registry';
    });
    if (typeof versioned === 'string') return again(batch, new Set([versioned]));

    const retried = new Set<Entry<T>>();
    const reasons = new Set<string>();
    const rejected: { value: Entry<T>; cause: unknown }[] = [];
    for (const { entry, outcome } of await writeDocuments(versioned, target, signal)) {
      switch (outcome.kind) {
        case 'done':
          break;
        case 'stale':
          stale.add();
          if (outcome.stored !== entry.version) await versions.judgeStale(outcome.stored);
          break;
        case 'retry':
          retried.add(entry);
          reasons.add(outcome.reason);
          break;
        case 'rejected':
          rejected.push({ value: entry, cause: rejection(component, outcome) });
          break;
        case 'fatal':
          throw fatalError(component, outcome);
      }
    }
    const inOrder = batch.filter((entry) => retried.has(entry));
    return { ...(inOrder.length > 0 ? again(inOrder, reasons) : {}), rejected };
  }

  const entries = batchWriter<Entry<T>>(
    { ...context, reject: ({ value }, cause) => context.reject(value, cause) },
    {
      maxCount,
      maxBytes,
      sizeOf: ({ bytes }) => bytes,
      linger,
      maxInFlight,
      retry,
      write,
      close: () => client.close(),
    },
  );
  return {
    write(value, timestamp) {
      let entry: Entry<T>;
      try {
        entry = encodeEntry(settings, value);
      } catch (cause) {
        context.reject(value, cause);
        return undefined;
      }
      return entries.write(entry, timestamp)?.catch(raiseCause);
    },
    flush: () => entries.flush().catch(raiseCause),
    close: () => entries.close(),
  };
}

/** What is wrong with the cluster says more than that a batch could not be written, and of SLUICE_FENCED the engine must hear. */
function raiseCause(error: unknown): never {
  if (!SluiceError.isInstance(error) || error.code !== 'SLUICE_BATCH_WRITE') throw error;
  throw SluiceError.isInstance(error.cause) && error.cause.code !== 'SLUICE_BATCH_ATTEMPTS' ? error.cause : error;
}
