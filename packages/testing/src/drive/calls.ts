import type { PluginContext } from '@sluice/connector-sdk';

/** The calls that a run makes into its plugins. */
export type PluginCall =
  | 'storage.acquire'
  | 'storage.read'
  | 'storage.write'
  | 'storage.publish'
  | 'storage.remove'
  | 'source.discover'
  | 'source.open'
  | 'source.read'
  | 'source.publish'
  | 'sink.check'
  | 'sink.open'
  | 'sink.recover'
  | 'sink.write'
  | 'sink.flush'
  | 'sink.prepare'
  | 'sink.commit';

/** Which plugin is called, and for which checkpoint if for one. */
export interface CallDetail {
  readonly name: string;
  readonly checkpoint?: number;
}

/** What may go wrong with calls. Both may throw, which fails the call, and may wait. */
export interface CallFaults {
  /** Before the plugin is called. What is thrown here keeps it from being called. */
  before(call: PluginCall, detail: CallDetail): Promise<void>;
  /** After it has done its work. What is thrown here hides that it has. */
  after(call: PluginCall, detail: CallDetail): Promise<void>;
  /** A commit, or the notice of a complete checkpoint, comes a second time. */
  repeats(call: PluginCall, detail: CallDetail): boolean;
  /** A write may say that the sink is full. */
  full(): Promise<void> | undefined;
  /** A commit may ask to be tried again after so many milliseconds. */
  retryAfter(): number | undefined;
}

export const noFaults: CallFaults = {
  before: async () => {},
  after: async () => {},
  repeats: () => false,
  full: () => undefined,
  retryAfter: () => undefined,
};

/** The way from a run to its plugins, which ends when the run does. */
export interface Calls {
  /** A dead run's calls reach nobody. */
  readonly alive: boolean;
  /** Waits for the run's turn. */
  turn(): Promise<void>;
  /** Never comes back once the run is dead, and does not act. */
  call<T>(call: PluginCall, detail: CallDetail, perform: () => Promise<T>): Promise<T>;
  /** What a run does for order when it ends. A dead one does nothing, and does not wait either. */
  courtesy(perform: () => Promise<unknown> | undefined): Promise<void>;
  /** What a plugin promised; never comes true for a dead run. */
  pass<T>(promised: Promise<T>): Promise<T>;
  full(): Promise<void> | undefined;
  retryAfter(): number | undefined;
  /** A run's context as its plugins see it. */
  context<C extends PluginContext>(context: C): C;
  /** A signal that death does not abort: nobody is told of a crash. */
  signal(signal: AbortSignal): AbortSignal;
}
