import { readStructured, writeStructured } from '@sluice/connector-sdk';
import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import { lastMillisecond } from '../windows/trigger.js';
import type { Contents } from './window-contents.js';
import type { TriggerState } from './window-trigger-state.js';

/** A window of a key with everything that belongs to it. */
export class LiveWindow {
  /** Its last millisecond; `Infinity` for windows that no clock ends. */
  readonly last: number;
  /** `undefined`: never held anything, or was purged. */
  contents: object | undefined;
  /** Times of its trigger's timers, ascending. */
  eventTimers: number[] = [];
  processingTimers: number[] = [];
  /** The trigger's state by name. */
  state: TriggerState | undefined;
  fired = 0;
  /** The highest timestamp among its elements. */
  newest = Number.NEGATIVE_INFINITY;

  constructor(
    readonly window: unknown,
    /** When its life ends, in the time of its assigner. */
    readonly end: number,
  ) {
    this.last = lastMillisecond(window);
  }
}

/** Adds a time to ascending ones. Answers false when it was there. */
export function insertTime(times: number[], time: number): boolean {
  let at = times.length;
  while (at > 0 && (times[at - 1] as number) > time) at--;
  if (at > 0 && times[at - 1] === time) return false;
  times.splice(at, 0, time);
  return true;
}

/** Answers false when it was not there. */
export function removeTime(times: number[], time: number): boolean {
  const at = times.indexOf(time);
  if (at < 0) return false;
  times.splice(at, 1);
  return true;
}

/** What is written of a window beside its contents. */
type Kept = readonly [
  window: unknown,
  eventTimers: number[],
  processingTimers: number[],
  state: TriggerState | undefined,
  fired: number,
  newest: number,
];

/** The live windows of a key, in order of creation. */
export function liveWindows(contents: Contents, endOf: (window: unknown) => number): EntryCodec<LiveWindow[]> {
  const shape = `windows of ${contents.signature}`;
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, windows) {
      writer.varint(windows.length);
      for (const live of windows) {
        const { window, eventTimers, processingTimers, state, fired, newest } = live;
        writeStructured(writer, [window, eventTimers, processingTimers, state, fired, newest] satisfies Kept);
        writer.uint8(live.contents === undefined ? 0 : 1);
        if (live.contents !== undefined) contents.write(writer, live.contents);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherSignature(shape, written);
      return Array.from({ length: reader.varint() }, () => {
        const [window, eventTimers, processingTimers, state, fired, newest] = readStructured(reader) as Kept;
        const live = new LiveWindow(window, endOf(window));
        Object.assign(live, { eventTimers, processingTimers, state, fired, newest });
        if (reader.uint8() === 1) live.contents = contents.read(reader);
        return live;
      });
    },
    inspect: (windows) =>
      windows.map(({ window, contents: held, eventTimers, processingTimers }) => ({
        window,
        contents: held && contents.inspect(held),
        timers: { event: [...eventTimers], processing: [...processingTimers] },
      })),
  };
}
