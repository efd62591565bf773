import { type ConnectionSettings, connectionSettings } from '../connection/connection-settings.js';
import { option } from '../connection/option.js';
import { parseStreamId, streamIdText } from '../stream-id.js';
import type { EntryPoisonPolicy } from './poison.js';
import type { StreamEntry } from './stream-entry.js';
import type { RedisStreamSourceOptions } from './stream-options.js';

/** `RedisStreamSourceOptions`, checked and with the defaults in. */
export interface StreamSettings<T> {
  readonly component: string;
  readonly connection: ConnectionSettings;
  readonly streams: readonly string[];
  readonly value: (entry: StreamEntry) => T;
  /** `'earliest'`, `'latest'`, or a whole id. */
  readonly startingAt: string;
  readonly bounded: boolean;
  readonly poison: EntryPoisonPolicy;
  readonly trimmed: 'fail' | 'report';
  readonly count: number;
  readonly block: number;
}

/** Errors: SLUICE_REDIS_OPTIONS. */
export function streamSettings<T>(component: string, options: RedisStreamSourceOptions<T>): StreamSettings<T> {
  const connection = connectionSettings(component, options);
  const {
    value,
    startingAt = 'earliest',
    bounded,
    poison = 'fail',
    trimmed = 'fail',
    count = 500,
    block = '5s',
  } = options;
  const streams = typeof options.streams === 'string' ? [options.streams] : options.streams;
  const named =
    Array.isArray(streams) && streams.length > 0 && streams.every((key) => typeof key === 'string' && key !== '');
  option.require(component, named, 'streams', 'a key, or a list of at least one', typeof options.streams);
  option.require(component, typeof value === 'function', 'value', 'a function of the entry', typeof value);
  option.require(component, bounded === undefined || bounded === 'latest', 'bounded', "'latest'", String(bounded));
  option.require(
    component,
    trimmed === 'fail' || trimmed === 'report',
    'trimmed',
    "'fail' or 'report'",
    String(trimmed),
  );
  option.wholeNumber(component, 'count', count, 1, Number.MAX_SAFE_INTEGER);
  return {
    component,
    connection,
    streams: [...new Set(streams)],
    value,
    startingAt: startOf(component, startingAt),
    bounded: bounded === 'latest',
    poison: option.poison(component, poison),
    trimmed,
    count,
    block: option.duration(component, 'block', block, 1),
  };
}

function startOf(component: string, startingAt: 'earliest' | 'latest' | { readonly id: string }): string {
  if (startingAt === 'earliest' || startingAt === 'latest') return startingAt;
  const id = parseStreamId(startingAt?.id);
  option.require(component, id !== undefined, 'startingAt', "'earliest', 'latest' or { id: '5-1' }", typeof startingAt);
  return streamIdText(id);
}
