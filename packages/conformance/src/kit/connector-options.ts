import type { Duration } from '@sluice/connector-sdk';
import type { ConformancePlace } from './place.js';

/** `true`: the connector can do it, and the kit proves it. A text: it cannot, and why; the kit prints it. */
export type Claim = true | string;

/** What both kinds of connector tell the kit. */
export interface ConnectorOptions {
  /** The connector's name in the report; unique in its file. */
  readonly name: string;
  /**
   * `import.meta.url` of the file that makes the call (`__filename` in CommonJS). The crash matrix imports it again in child processes, in which
   * this call runs the pipeline and never returns: nothing before it may need the test runner.
   */
  readonly module: string | URL;
  /** Makes what the system needs at a place: a table, a topic. */
  setUp?(place: ConformancePlace): Promise<void>;
  /** Takes it away again. */
  tearDown?(place: ConformancePlace): Promise<void>;
  /**
   * Wrong options, by what is wrong with each: making the connector with them has to throw a `SluiceError` at once. Left out: that is not
   * proved, and the report says so.
   */
  readonly invalidOptions?: Readonly<Record<string, () => unknown>>;
  /** Breaks every connection that the connector has at this place, as a network does. Left out: connection loss is not proved, and the report says so. */
  loseConnections?(place: ConformancePlace): Promise<void>;
  /** What must not occur in a log line, an event or an error message: passwords, tokens. */
  readonly secrets?: readonly string[];
  /** How long any single step may take. Default 10 s. */
  readonly limit?: Duration;
  /** Without a restart, how long the kit waits after the end of a crash run for late duplicates. Default 200 ms. */
  readonly quiet?: Duration;
  /** What Node is started with for the crash matrix. Default: `--import tsx` for TypeScript when tsx is installed, else nothing. */
  readonly nodeArgs?: readonly string[];
  /** More environment variables for those processes, read when the first one is started. */
  environment?(): Readonly<Record<string, string>>;
  /** How often each point of the crash matrix is tried: `'quick'` once, `'full'` ten times. Default `'quick'`; SLUICE_CONFORMANCE_MATRIX overrides it. */
  readonly matrix?: 'quick' | 'full' | number;
}
