import type { JobEvent } from '@sluice/core';

/** What the job's process tells the one that started it, one JSON object a message. Times are epoch ms. */
export type JobMessage =
  | { readonly type: 'started'; readonly at: number; readonly restoredFrom: number | null }
  /** `read`: flights read by this process, also those that an earlier one had read after its last checkpoint. */
  | { readonly type: 'read'; readonly read: number }
  /** `fraction`: how much of the files has been read, 0 to 1. */
  | { readonly type: 'progress'; readonly watermark: number | null; readonly fraction: number | null }
  | { readonly type: 'checkpoint'; readonly checkpoint: number; readonly durationMs: number; readonly bytes: number }
  | { readonly type: 'warning'; readonly text: string }
  | {
      readonly type: 'finished';
      readonly at: number;
      readonly status: 'finished' | 'stopped' | 'suspended' | 'cancelled';
    }
  | { readonly type: 'failed'; readonly text: string };

/** The one thing that is said to it. */
export type StopMessage = 'stop';

export function messageOf(event: JobEvent, at: number): JobMessage {
  switch (event.type) {
    case 'started':
      return { type: 'started', at, restoredFrom: event.restoredFrom ?? null };
    case 'progress':
      return {
        type: 'progress',
        watermark: Number.isFinite(event.watermark) ? event.watermark : null,
        fraction: event.fraction ?? null,
      };
    case 'checkpointCompleted':
      return { type: 'checkpoint', checkpoint: event.checkpoint, durationMs: event.durationMs, bytes: event.bytes };
    case 'checkpointFailed':
      return { type: 'warning', text: `checkpoint ${event.checkpoint} failed: ${textOf(event.cause)}` };
    case 'restarting':
      return { type: 'warning', text: `restarting in ${event.delayMs} ms after: ${textOf(event.cause)}` };
    case 'watermarkDelayed':
      return { type: 'warning', text: `${event.uid} has waited ${event.forMs} ms for ${event.inputs.join(', ')}` };
    case 'reported':
      return { type: 'warning', text: `${event.uid}: ${event.event} ${JSON.stringify(event.fields)}` };
    case 'finished':
      return { type: 'finished', at, status: event.result.status };
  }
}

export function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
