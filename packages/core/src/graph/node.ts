import type { Clock, Sink, Source } from '@sluice/connector-sdk';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';

/** Settings of an operator; `configure` sets them on the operator before it. */
export interface OperatorOptions {
  /** The name under which the operator's state is kept in checkpoints; derived from its place when not given. */
  readonly uid?: string;
  readonly name?: string;
  readonly parallelism?: number;
  readonly slotSharingGroup?: string;
  /** `head` begins a new chain here; `never` keeps the operator in a task of its own. */
  readonly chain?: 'always' | 'head' | 'never';
}

/** How elements travel on an edge: as they are, or as values beside the key in a register. */
export type Shape = 'plain' | 'keyed';

/** The rolling part of a window: what `aggregate` asks of the `windowBy` before it. */
export interface WindowConsumer {
  /** Undefined: the window with all its elements. */
  readonly aggregate: unknown;
  readonly out: StreamObserver<unknown>;
}

/** What a node of the graph does. */
export type Role =
  | { readonly type: 'source'; readonly source: Source<unknown>; readonly discoveryInterval: number | undefined }
  /** A plain Observable, async iterable or promise that enters the graph. */
  | {
      readonly type: 'observable';
      readonly input: unknown;
      readonly buffer: number;
      readonly overflow: Overflow;
      readonly declared: boolean;
    }
  /** Fed from outside with all notifications (marbles, the harness), under a clock of its own. */
  | { readonly type: 'feed'; readonly clock: Clock; connect(input: StreamObserver<unknown>): void }
  | { readonly type: 'operator'; readonly create: CreateOperator }
  | {
      readonly type: 'multiInput';
      create(
        context: OperatorContext,
        inputs: readonly InputKind[],
        out: StreamObserver<unknown>,
      ): readonly StreamObserver<unknown>[];
    }
  | {
      readonly type: 'window';
      create(context: OperatorContext, consumers: readonly WindowConsumer[]): StreamObserver<unknown>;
    }
  | { readonly type: 'windowAggregate'; readonly aggregate: unknown }
  | { readonly type: 'stock'; readonly operator: unknown }
  | { readonly type: 'sideOutput'; readonly target: object }
  | { readonly type: 'sink'; readonly sink: Sink<unknown>; readonly rejected: object | undefined };

export type Overflow = 'fail' | 'dropOldest' | 'dropNewest' | 'block';

/** What a multi-input operator is told of each input. */
export interface InputKind {
  readonly key: { key: unknown };
}

/** A node of the graph that `createJob` walks: one operator, described but not running. */
export interface StreamNode {
  /** The operator's name as the user wrote it: `keyBy`, `windowBy`, `map`. */
  readonly kind: string;
  readonly inputs: readonly StreamNode[];
  readonly role: Role;
  /** Filled by the operator's own options, then by `configure`. */
  settings: OperatorOptions;
  /** Keeps state under its uid. */
  readonly stateful: boolean;
  /** Takes keyed elements, as values beside the register. */
  readonly expects: Shape;
  /** Gives keyed elements, as values beside the register. */
  readonly gives: Shape;
  /** Its output has the key of its input: both share one register. */
  readonly keepsKey: boolean;
  /** Its behaviour depends on event time: somebody upstream must assign timestamps. */
  readonly needsTimestamps: boolean;
  /** Assigns timestamps and makes watermarks. */
  readonly assignsTimestamps: boolean;
  /** Begins a new task: the elements are shuffled here. */
  readonly shuffles: boolean;
  /** A control stream: its sources are read before others, if they end. */
  readonly leads: boolean;
  /** Side outputs that it fills by declaration. */
  readonly sideOutputs: readonly object[];
  /** It may emit to any side output of the job (`emitTo`). */
  readonly emitsToAny: boolean;
}

export type NodeDescription = Pick<StreamNode, 'kind' | 'inputs' | 'role'> &
  Partial<Omit<StreamNode, 'kind' | 'inputs' | 'role'>>;

export function node(description: NodeDescription): StreamNode {
  return {
    settings: {},
    stateful: false,
    expects: 'plain',
    gives: 'plain',
    keepsKey: false,
    needsTimestamps: false,
    assignsTimestamps: false,
    shuffles: false,
    leads: false,
    sideOutputs: [],
    emitsToAny: false,
    ...description,
  };
}

/** The settings among an operator's options. */
export function settingsOf(options: OperatorOptions | undefined): OperatorOptions {
  if (options === undefined) return {};
  const { uid, name, parallelism, slotSharingGroup, chain } = options;
  return {
    ...(uid !== undefined && { uid }),
    ...(name !== undefined && { name }),
    ...(parallelism !== undefined && { parallelism }),
    ...(slotSharingGroup !== undefined && { slotSharingGroup }),
    ...(chain !== undefined && { chain }),
  };
}

/**
 * Settings for a node. An aggregate of windows is part of the operator before it, whose state it names unless that has a name already.
 */
export function giveSettings(node: StreamNode, settings: OperatorOptions): void {
  const [window] = node.inputs;
  const isPart = node.role.type === 'windowAggregate' && window !== undefined && window.settings.uid === undefined;
  const target = isPart ? window : node;
  target.settings = { ...target.settings, ...settings };
}
