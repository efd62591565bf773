/** The keyed state of one operator, as whoever looks at it sees it. */
export interface InspectedStore {
  readonly uid: string;
  contents(): Iterable<readonly [key: unknown, entries: ReadonlyMap<string, unknown>]>;
}

let watcher: ((store: InspectedStore) => void) | undefined;

/** Tells of every store that is opened while `run` runs: the harness shows what operators keep. */
export function watchStores<T>(opened: (store: InspectedStore) => void, run: () => T): T {
  const before = watcher;
  watcher = opened;
  try {
    return run();
  } finally {
    watcher = before;
  }
}

export function storeOpened(store: InspectedStore): void {
  watcher?.(store);
}
