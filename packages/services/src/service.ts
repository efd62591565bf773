import type { Account } from './process/run.js';

export const serviceNames = ['kafka', 'redis', 'elasticsearch', 'postgres', 's3'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Settings in the server's own words; `{port}`, `{port:1}`, `{port:2}` in a value stand for the server's ports. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** What is known of one system. */
export interface Service {
  readonly name: ServiceName;
  /** Its name as people write it. */
  readonly title: string;
  /** The environment variable that holds its endpoint. */
  readonly variable: string;
  /** Where one that somebody else runs on this machine usually answers. */
  readonly localEndpoints: readonly string[];
  /** How many TCP ports a server of ours takes; the first is the endpoint's. */
  readonly ports: number;
  /** What ends it without losing anything. */
  readonly stopSignal: NodeJS.Signals;
  /** What a server of ours runs as. */
  account(): Promise<Account>;
  /** Throws, and says what is missing, unless a server answers there that can do what the tests need. */
  probe(endpoint: string): Promise<void>;
  /** Throws unless a server answers there, even if its settings keep it from what the tests need. */
  answers(endpoint: string): Promise<void>;
  /** Gets the programs, makes what the server's folder lacks, and tells how to start it. */
  prepare(site: ServerSite): Promise<ServerCommand>;
}

/** Where a server of ours is to run. */
export interface ServerSite {
  /** Its folder, which its account can enter. */
  readonly home: string;
  /** The folder that was asked for: `home`, unless the account cannot enter it. */
  readonly directory: string;
  readonly ports: readonly number[];
  readonly account: Account;
  readonly settings: Settings;
  /** Its endpoint at an earlier start; undefined the first time, when all that is in the folder is left-over of an interrupted one. */
  readonly before: string | undefined;
  /** Whose programs, where there is a choice; the machine's own by default. */
  readonly programs: 'system' | 'npm';
}

export interface ServerCommand {
  readonly endpoint: string;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds in which a start that fails is tried again. Default 0. */
  readonly patience?: number;
}
