/** The keyed state of one operator, as whoever looks at it sees it. */
export interface InspectedStore {
  readonly uid: string;
  /** How each state is kept, by its name. */
  readonly shapes: ReadonlyMap<string, string>;
  contents(): Iterable<readonly [key: unknown, entries: ReadonlyMap<string, unknown>]>;
  /** A copy of what a state has for a key now. */
  valueOf(key: unknown, name: string): unknown;
}

let watcher: ((store: InspectedStore) => void) | undefined;

/** Tells of every store that is opened while `run` runs: the harness shows what operators keep. */
export function watchStores<T>(opened: (store: InspectedStore) => void, run: () => T): T {
  const before = watcher;
  watcher = (store) => {
    before?.(store);
    opened(store);
  };
  try {
    return run();
  } finally {
    watcher = before;
  }
}

export function storeOpened(store: InspectedStore): void {
  watcher?.(store);
}
