import type { Logger } from '@sluice/connector-sdk';
import type { CheckpointTarget, Wave } from '../checkpoint/coordinator-settings.js';
import type { Graph } from '../graph/graph.js';
import type { CapturedState } from '../stream/barrier.js';
import { BarrierCollector } from '../task/barrier-collector.js';
import type { LocalLoop } from '../task/local-loop.js';
import type { RunningSink } from '../task/sink-runtime.js';
import type { RunningSource } from '../task/source-runtime.js';
import type { WavePositions } from '../task/source-set.js';
import { encodeBeside } from './encode-beside.js';
import { encodeSplits } from './restore.js';

/** The parts of a run that a checkpoint passes through. */
export interface RunParts {
  readonly graph: Graph;
  readonly logger: Logger;
  loops(): readonly LocalLoop[];
  sources(): Iterable<RunningSource>;
  sinks(): Iterable<Pick<RunningSink, 'uid' | 'retained'>>;
  /** An operator is being captured: it is as the checkpoint has it. */
  captured(checkpoint: number, uid: string): void;
  /** Rejects when the run fails. */
  readonly failure: Promise<never>;
}

/** A run as the coordinator sees it: one wave through all of its loops, each state encoded beside the loop that it was captured in. */
export function runTarget({ graph, logger, loops, sources, sinks, captured, failure }: RunParts): CheckpointTarget {
  const owners = new WeakMap<CapturedState, LocalLoop>();
  const positions = new Map<number, WavePositions>();

  const waveOf = async (loop: LocalLoop, checkpoint: number, chained: ((uid: string) => boolean) | undefined) => {
    const collector = new BarrierCollector(checkpoint, (uid) => captured(checkpoint, uid), chained);
    const passed = await Promise.race([loop.wave(collector), failure]);
    for (const state of collector.states) owners.set(state, loop);
    return { positions: passed, states: collector.states, sinks: collector.sinks };
  };

  return {
    async wave(checkpoint, chained) {
      const waves = await Promise.all(loops().map((loop) => waveOf(loop, checkpoint, chained)));
      const all: WavePositions = new Map(waves.flatMap((wave) => [...wave.positions]));
      positions.set(checkpoint, all);
      return {
        sources: encodePositions(graph, all),
        states: waves.flatMap((wave) => wave.states),
        sinks: waves.flatMap((wave) => wave.sinks),
      };
    },
    encode(state) {
      const loop = owners.get(state);
      if (loop === undefined) throw new Error('a state of another run');
      return encodeBeside(loop, state);
    },
    async completed(checkpoint) {
      const kept = positions.get(checkpoint);
      for (const id of positions.keys()) if (id <= checkpoint) positions.delete(id);
      for (const source of sources()) {
        await source
          .checkpointComplete(checkpoint, kept?.get(source.uid) ?? [])
          .catch((cause) => logger.warn({ uid: source.uid, checkpoint, cause }, 'positions were not published'));
      }
    },
    notRemoved(checkpoint, cause) {
      logger.warn({ checkpoint, cause }, 'older checkpoints were not removed');
    },
    async retained(oldest, savepoints) {
      for (const { uid, retained } of sinks()) {
        await retained(oldest, savepoints).catch((cause) =>
          logger.warn({ uid, oldest, cause }, 'nothing was forgotten'),
        );
      }
    },
  };
}

function encodePositions(graph: Graph, positions: WavePositions): Wave['sources'] {
  const encoded = new Map<string, ReturnType<typeof encodeSplits>>();
  for (const node of graph.nodes) {
    if (node.role.type !== 'source') continue;
    const uid = graph.uidOf(node);
    encoded.set(uid, encodeSplits(node.role.source, positions.get(uid) ?? []));
  }
  return encoded;
}
