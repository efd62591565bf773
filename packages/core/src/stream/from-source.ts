import { type Duration, milliseconds, SluiceError, type Source } from '@sluice/connector-sdk';
import { type DataStream, streamOf } from './data-stream.js';
import { targetOf } from './side-target.js';

/** How often a source is asked for new splits when nothing is said. */
const DISCOVERY_INTERVAL = milliseconds('5m');

/**
 * A replayable source as a stream: what its splits hold, each in order, with the source's own timestamps if it has any. The split whose
 * watermark is furthest behind is read first. Positions are kept in each checkpoint under the source's uid.
 *
 * @param options.discoveryInterval how often an unbounded source is asked for new splits; 5 minutes, or 'off'
 * @throws SLUICE_SOURCE when what is given is no source; SLUICE_OPTION, SLUICE_DURATION
 *
 * @example
 * fromSource(fileSource({ paths: 'clicks/*.ndjson', value: json<Click>() }));
 */
export function fromSource<T>(
  source: Source<T>,
  options: { readonly discoveryInterval?: Duration | 'off' } = {},
): DataStream<T> {
  if (source?.specVersion !== 1 || typeof source.open !== 'function') {
    throw new SluiceError({
      code: 'SLUICE_SOURCE',
      component: 'fromSource',
      expected: 'a source of specVersion 1',
      actual:
        source === null
          ? 'null'
          : `${typeof source} of specVersion ${String((source as { specVersion?: unknown } | undefined)?.specVersion)}`,
      remedy: 'give it what a connector or defineSource made; a plain Observable goes through fromObservable',
    });
  }
  const { discoveryInterval = DISCOVERY_INTERVAL } = options;
  const asked = discoveryInterval === 'off' ? undefined : milliseconds(discoveryInterval);
  if (asked !== undefined && asked <= 0) {
    throw new SluiceError({
      code: 'SLUICE_OPTION',
      component: 'fromSource',
      expected: "'discoveryInterval' to be a duration above 0, or 'off'",
      actual: String(discoveryInterval),
      remedy: "correct 'discoveryInterval' or leave it out",
    });
  }
  const interval = source.bounded ? undefined : asked;
  return streamOf<T>({
    kind: 'source',
    inputs: [],
    role: { type: 'source', source: source as Source<unknown>, discoveryInterval: interval },
    settings: { name: source.name },
    stateful: true,
    sideOutputs: (source.sideOutputs ?? []).map((target) => targetOf(target as never)),
  });
}
