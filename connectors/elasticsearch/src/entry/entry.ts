import type { DocumentAction } from '../sink-options.js';

/** Which document: with another routing the same `_id` can be another one. */
export interface DocumentPlace {
  readonly index: string;
  readonly id: string;
  readonly routing: string | undefined;
}

/** An element on its way, encoded when it was written: what its user changes in it afterwards changes nothing. */
export interface Entry<T> {
  readonly value: T;
  readonly place: DocumentPlace;
  readonly action: DocumentAction;
  /** JSON text of the document, or of what is merged into it; empty for a delete. */
  readonly source: string;
  readonly bytes: number;
  /** Given once, before it is first sent: however often it is sent again, it stays what it was. */
  version: number | undefined;
  /** How often it has been sent and was to be sent again. */
  attempts: number;
}

/** Documents that are not the same have different keys. */
export function keyOfPlace({ index, id, routing = '' }: DocumentPlace): string {
  return JSON.stringify([index, routing, id]);
}
