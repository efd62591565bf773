import type { Job } from '@sluice/core';
import type { ServiceName } from '@sluice/services';
import type { MakeRecord } from './live-input.js';
import type { OptionsOf } from './options.js';

/** What is its own about an example. */
export interface Example extends OptionsOf {
  /** Beside Kafka. */
  readonly services: readonly ServiceName[];
  readonly record: MakeRecord;
  /** Makes what the job needs, or with `fresh` makes it anew, and the job itself. */
  open(setting: Setting): Promise<OpenExample>;
}

/** Where an example runs. */
export interface Setting {
  /** Of its job, its topic, its consumer group, and whatever else it keeps. */
  readonly name: string;
  readonly brokers: readonly string[];
  readonly endpoints: Readonly<Record<ServiceName, string>>;
  /** For its own files; git-ignored. */
  readonly folder: string;
  readonly fresh: boolean;
}

export interface OpenExample {
  readonly job: Job;
  /** Lines that tell what is there in the end. */
  result(): Promise<readonly string[]>;
  close(): Promise<void>;
}
