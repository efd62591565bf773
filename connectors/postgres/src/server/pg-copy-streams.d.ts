declare module 'pg-copy-streams' {
  import type { Writable } from 'node:stream';
  import type { Submittable } from 'pg';

  /** A query that is also the stream of what is copied: it finishes when the server has taken all of it. */
  const streams: { from(text: string): Writable & Submittable };
  export default streams;
}
