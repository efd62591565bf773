import { SluiceError } from '@sluice/connector-sdk';
import { Observable, Subject } from 'rxjs';
import { buildGraph } from '../graph/graph.js';
import { toMermaid } from '../graph/mermaid.js';
import { validateGraph } from '../graph/validate.js';
import type { QueryOptions, StateAnswer, StateQuery } from '../query/state-query.js';
import type { StateShape } from '../state/descriptor.js';
import type { StateValues } from '../state/state-values.js';
import { isDataStream, nodeOf } from '../stream/data-stream.js';
import type { Key } from '../stream/element.js';
import { countingMetrics } from '../task/counting-metrics.js';
import { silentLogger } from '../task/plugin-context.js';
import { computeGuarantee, requireGuarantee } from './guarantee.js';
import type { Job, JobSubscriber } from './job.js';
import type { JobEvent, JobResult } from './job-event.js';
import { JobExecution } from './job-execution.js';
import { notRunning } from './job-failure.js';
import { checkOptions, type JobOptions, type Savepoint } from './job-options.js';
import type { JobDefinition } from './job-run.js';
import { type JobRuntime, systemRuntime } from './job-runtime.js';
import { createTracker, exponentialDelay, noRestart, type RestartStrategy } from './restart-strategy.js';

/** A flow that ends in a sink: what `to` gives. */
export type Flow = Observable<never>;

/**
 * Describes a job: its graph is built and everything that can be checked is checked, but nothing starts before it is subscribed.
 *
 * @param name identifies the job in its checkpoint storage
 * @param flows streams that end in `to(sink)`; a stream that several of them use runs once
 * @throws SLUICE_FLOW for a flow without a sink
 * @throws SLUICE_OPTION, SLUICE_PARALLELISM, SLUICE_UID for options that cannot be
 * @throws SLUICE_GUARANTEE when the guarantee that is asked for cannot be given
 * @throws SLUICE_STOCK_OPERATOR, SLUICE_PLAIN_OBSERVABLE, SLUICE_NO_TIMESTAMPS, SLUICE_SIDE_OUTPUT, SLUICE_CYCLE for graphs that would
 * not do what they seem to
 *
 * @example
 * const job = createJob('clicks', counts$.pipe(to(sink)), { checkpoints: { interval: '10s', storage: fileCheckpoints('./cp') } });
 * job.subscribe((event) => console.log(event.type));
 */
export function createJob(name: string, flows: Flow | readonly Flow[], options: JobOptions = {}): Job {
  if (typeof name !== 'string' || name === '') throw invalid('createJob', 'a name for the job', JSON.stringify(name));
  const checked = checkOptions(name, options);
  const checkpointed = checked.checkpoints !== undefined;
  const list = isDataStream(flows) || flows instanceof Observable ? [flows as Flow] : (flows as readonly Flow[]);
  const graph = buildGraph(endsOf(name, list));
  validateGraph(graph, { checkpointed, inJob: true, uids: checked.uids });
  const guarantee = computeGuarantee(graph, { checkpointed, mode: checked.checkpoints?.mode ?? 'exactly-once' });
  if (checked.guarantee !== undefined) requireGuarantee(name, guarantee, checked.guarantee);
  const definition: JobDefinition = {
    name,
    graph,
    guarantee,
    options: checked,
    logger: options.logger ?? silentLogger,
    metrics: options.metrics ?? countingMetrics(),
  };
  const restart = options.restart ?? (checkpointed ? exponentialDelay() : noRestart());
  // Refuses one that was made by hand.
  createTracker(restart);
  return new LocalJob(definition, restart, systemRuntime(options.clock));
}

function endsOf(job: string, flows: readonly Flow[]) {
  if (!Array.isArray(flows) || flows.length === 0) throw invalid(`job '${job}'`, 'at least one flow', 'none');
  return flows.map((flow) => {
    if (isDataStream(flow) && nodeOf(flow).role.type === 'sink') return nodeOf(flow);
    throw invalid(
      `job '${job}'`,
      'flows that end in to(sink)',
      isDataStream(flow) ? `a stream that ends in '${nodeOf(flow).kind}'` : 'something else',
    );
  });
}

function invalid(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FLOW',
    component,
    expected,
    actual,
    remedy: 'end each flow with to(sink); callbackSink brings values back into the app',
  });
}

/** How the test driver reaches into a job. */
const INTERNALS = Symbol.for('@sluice/core/job');

/** What the test driver may do with a job. */
export interface JobInternals {
  readonly definition: JobDefinition;
  /** Takes effect at the next start. */
  use(runtime: JobRuntime): void;
  /** Asks the run there is for a checkpoint as soon as possible. */
  requestCheckpoint(): void;
  /** The run there is has died: the next start does not wait for what is left of it. */
  abandon(): void;
}

class LocalJob extends Observable<JobEvent> implements Job {
  private readonly told = new Subject<JobEvent>();
  private execution: JobExecution | undefined;
  /** The teardown of the last execution: the next one waits for it. */
  private ended: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly definition: JobDefinition,
    private readonly restart: RestartStrategy,
    private runtime: JobRuntime,
  ) {
    super((subscriber) => this.launch(subscriber));
    const internals: JobInternals = {
      definition,
      use: (other) => {
        this.runtime = other;
      },
      requestCheckpoint: () => this.execution?.requestCheckpoint(),
      abandon: () => {
        this.execution = undefined;
        this.ended = Promise.resolve();
      },
    };
    Object.defineProperty(this, INTERNALS, { value: internals });
  }

  get name(): string {
    return this.definition.name;
  }

  get guarantee() {
    return this.definition.guarantee;
  }

  get events(): Observable<JobEvent> {
    return this.told.asObservable();
  }

  run(options: { readonly signal?: AbortSignal } = {}): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      let result: JobResult | undefined;
      const { signal } = options;
      const suspend = (): void => {
        subscription.unsubscribe();
        this.ended.then(() => resolve({ status: 'suspended', restarts: 0 }));
      };
      const settled = (): void => signal?.removeEventListener('abort', suspend);
      const subscription = this.subscribe({
        next(event) {
          if (event.type === 'finished') result = event.result;
        },
        error: (error) => {
          settled();
          reject(error);
        },
        complete: () => {
          settled();
          resolve(result ?? { status: 'suspended', restarts: 0 });
        },
      });
      if (signal?.aborted) suspend();
      else signal?.addEventListener('abort', suspend, { once: true });
    });
  }

  query<S extends StateShape>(uid: string, state: S, key: Key, options?: QueryOptions): Promise<StateValues<S>>;
  query(uid: string, state: string, key: Key, options?: QueryOptions): Promise<unknown>;
  query<Q extends readonly StateQuery[] | []>(
    queries: Q,
    options?: QueryOptions,
  ): Promise<{ [I in keyof Q]: StateAnswer<Q[I]> }>;
  async query(
    first: string | readonly StateQuery[],
    second: string | StateShape | QueryOptions = {},
    key?: Key,
    options: QueryOptions = {},
  ): Promise<unknown> {
    const execution = this.running();
    if (typeof first !== 'string') return execution.query(first, second as QueryOptions);
    const query: StateQuery = { uid: first, state: second as string | StateShape, key: key as Key };
    const [answer] = await execution.query([query], options);
    return answer;
  }

  async checkpoint(): Promise<number> {
    return this.running().checkpoint();
  }

  async savepoint(path?: string): Promise<Savepoint> {
    return this.running().savepoint(path);
  }

  async stop(
    options: { readonly savepoint?: boolean | string; readonly drain?: boolean } = {},
  ): Promise<Savepoint | undefined> {
    const savepoint = await this.running().stop(options);
    await this.ended;
    return savepoint;
  }

  async cancel({ deleteCheckpoints = false }: { readonly deleteCheckpoints?: boolean } = {}): Promise<void> {
    this.running().cancel(deleteCheckpoints);
    await this.ended;
  }

  toMermaid(): string {
    return toMermaid(this.definition.graph);
  }

  private launch(subscriber: JobSubscriber): (() => void) | undefined {
    if (this.execution !== undefined) {
      subscriber.error(alreadyRunning(this.name));
      return undefined;
    }
    const execution = new JobExecution(this.definition, this.restart, this.runtime, (event) => {
      this.told.next(event);
      subscriber.next(event);
    });
    this.execution = execution;
    const before = this.ended;
    const done = before
      .then(() => execution.execute())
      .then(
        (result) => {
          this.forget(execution);
          this.told.next({ type: 'finished', result });
          subscriber.next({ type: 'finished', result });
          subscriber.complete();
        },
        (error) => {
          this.forget(execution);
          subscriber.error(error);
        },
      );
    this.ended = done;
    return () => {
      execution.suspend();
      this.forget(execution);
    };
  }

  private forget(execution: JobExecution): void {
    if (this.execution === execution) this.execution = undefined;
  }

  private running(): JobExecution {
    if (this.execution !== undefined) return this.execution;
    throw notRunning(this.name);
  }
}

function alreadyRunning(job: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_JOB_RUNNING',
    component: `job '${job}'`,
    expected: 'one subscription at a time',
    actual: 'a second one while the job runs',
    remedy: 'watch it with `events`, which neither starts nor stops it',
  });
}
