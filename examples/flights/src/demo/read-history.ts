export interface ReadHistory {
  add(at: number, events: number): void;
  /** How many events had been read at that time. */
  eventsAt(at: number): number;
}

/** Remembers for a while how many events had been read when; times are epoch ms and only grow. */
export function readHistory(keep = 60_000): ReadHistory {
  const samples: { readonly at: number; readonly events: number }[] = [];
  return {
    add(at, events) {
      samples.push({ at, events });
      while ((samples[0]?.at ?? at) < at - keep) samples.shift();
    },
    eventsAt: (at) => samples.findLast((sample) => sample.at <= at)?.events ?? samples[0]?.events ?? 0,
  };
}
