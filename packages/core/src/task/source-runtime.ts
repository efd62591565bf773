import type { Clock, PluginContext, Source, SourceReader } from '@sluice/connector-sdk';
import type { StreamObserver } from '../stream/element.js';
import type { LocalLoop } from './local-loop.js';
import type { LoopSplits } from './source-port.js';
import type { LoopSource } from './source-set.js';
import { type SplitPosition, SplitReader } from './split-reader.js';

/** Milliseconds that a read under way has to end in once its signal is aborted. */
const GRACE = 500;

/** An opened source, its splits being read. */
export interface RunningSource {
  readonly uid: string;
  readonly loopSource: LoopSource;
  /** The positions of a completed checkpoint, to publish. */
  checkpointComplete(checkpoint: number, positions: readonly SplitPosition[]): Promise<void>;
  close(): Promise<void>;
}

/** What a run gives to a source. */
export interface SourceSetting {
  readonly source: Source<unknown>;
  readonly context: PluginContext;
  readonly discoveryInterval: number | undefined;
  readonly restored: readonly SplitPosition[];
  /** It is read to its end before others are. */
  readonly leads: boolean;
  readonly splits: LoopSplits;
  readonly input: StreamObserver<unknown>;
  readonly loop: LocalLoop;
}

/** Opens a source where the checkpoint left it, and looks for new splits from time to time. */
export async function startSource(setting: SourceSetting): Promise<RunningSource> {
  const { source, context, splits, loop } = setting;
  const reader = await source.open(context);
  const loopSource: LoopSource = {
    uid: context.uid,
    input: setting.input,
    splits,
    readers: [],
    isLog: source.bounded && source.replayable,
    leads: setting.leads && source.bounded && setting.discoveryInterval === undefined,
    complete: setting.discoveryInterval === undefined && source.bounded,
  };
  const known = new Set<string>();
  const add = (split: { readonly id: string; readonly split: unknown }, restored: SplitPosition | undefined): void => {
    if (known.has(split.id)) return;
    known.add(split.id);
    const place = splits.ids.length;
    splits.ids.push(split.id);
    const splitReader = new SplitReader(split, place, restored, {
      ready: () => loop.signal(),
      failed: (error) => loop.fail(error),
    });
    loopSource.readers.push(splitReader);
    splitReader.open(reader, context.signal);
  };
  const discover = async (): Promise<void> => {
    for (const split of await source.discover(context.signal)) add(split, undefined);
  };
  try {
    for (const kept of setting.restored) add({ id: kept.id, split: kept.split }, kept);
    await discover();
    splits.known = true;
  } catch (error) {
    await close(loopSource, reader, context.clock).catch(() => {});
    throw error;
  }
  loop.addSource(loopSource);
  if (setting.discoveryInterval !== undefined) void keepDiscovering(discover, setting, setting.discoveryInterval);
  return {
    uid: context.uid,
    loopSource,
    checkpointComplete: (n, positions) => publish(reader, n, positions),
    close: () => close(loopSource, reader, context.clock),
  };
}

async function keepDiscovering(
  discover: () => Promise<void>,
  { context, loop }: SourceSetting,
  interval: number,
): Promise<void> {
  try {
    for (;;) {
      await context.clock.sleep(interval, context.signal);
      await discover();
      loop.signal();
    }
  } catch (error) {
    if (!context.signal.aborted) loop.fail(error);
  }
}

async function publish(
  reader: SourceReader<unknown, unknown, unknown>,
  checkpoint: number,
  positions: readonly SplitPosition[],
): Promise<void> {
  if (reader.checkpointComplete === undefined) return;
  const byId = new Map(
    positions.filter(({ position }) => position !== undefined).map(({ id, position }) => [id, position]),
  );
  await reader.checkpointComplete(checkpoint, byId);
}

async function close(
  loopSource: LoopSource,
  reader: SourceReader<unknown, unknown, unknown>,
  clock: Clock,
): Promise<void> {
  const { readers } = loopSource;
  const waits = readers.some((split) => split.reading);
  const returned = Promise.allSettled(readers.map((split) => split.close()));
  await (waits ? withinGrace(returned, clock) : returned);
  await reader.close();
}

/** A generator that waits for its next batch and does not look at its signal cannot be made to return: it must not hold up the end. */
async function withinGrace(returned: Promise<unknown>, clock: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([returned, clock.sleep(GRACE, timer.signal).catch(() => returned)]);
  timer.abort();
}
