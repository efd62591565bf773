import { defineSink, type IdempotentSink } from '@sluice/connector-sdk';
import { checkSink } from './check-sink.js';
import type { Shape } from './shape.js';
import type { SinkSettings } from './sink-settings.js';
import { versionedWriter } from './versioned-writer.js';

/** The sink of a shape: all of them differ in nothing but their script and what they make of an element. */
export function versionedSink<T, Content>(settings: SinkSettings<T>, shape: Shape<T, Content>): IdempotentSink<T> {
  return defineSink<T>({
    name: settings.component,
    guarantee: 'idempotent',
    keyOf: (value) => `${settings.prefix}${settings.key(value)}${shape.identity(value)}`,
    check: (context) => checkSink(settings, shape, context.signal),
    open: (context) => versionedWriter(context, settings, shape),
  });
}
