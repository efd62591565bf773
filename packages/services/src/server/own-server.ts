import type { ServiceName, Settings } from '../service.js';

/** A server of ours. It outlives this process until it is stopped; whoever holds its folder can find it again. */
export interface OwnServer {
  readonly service: ServiceName;
  /** The same after each start, unless another program has taken the port. */
  readonly endpoint: string;
  /** The first is the endpoint's; the others are free for listeners that settings add. */
  readonly ports: readonly number[];
  /** Of its first process; it may have children. */
  readonly pid: number;
  /** Where its data and its file `log` are. */
  readonly home: string;
  /** `'fast'` lets it end in its own way; `'kill'` is SIGKILL to all its processes. Resolves when they are gone; its data stays. */
  stop(how?: 'fast' | 'kill'): Promise<void>;
  /** Starts it again on the same data, with other settings if some are given; resolves when it answers. Does nothing while it runs. */
  start(settings?: Settings): Promise<void>;
  /** SIGSTOP to all its processes: it keeps its connections and answers none. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

export interface ProvisionOptions {
  /** Holds its data, its log and its state, unless the server's account cannot enter it: then a temporary one does. */
  readonly folder: string;
  readonly settings?: Settings;
  /** Whose programs, where there is a choice (PostgreSQL). Default `'system'`: the machine's own, or else those of npm. */
  readonly programs?: 'system' | 'npm';
  /** Says by throwing that the server is not ready; for settings with which the service's own probe cannot connect. */
  readonly probe?: (endpoint: string) => Promise<void>;
}
