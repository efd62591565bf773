interface Batch {
  readonly places: ReadonlyMap<string, unknown>;
  readonly written: Promise<unknown>;
}

/**
 * Batches are written at the same time as long as no place is in two of them: what is tried again could come behind what was written after
 * it, and fields that are merged would be lost. Where one is, the later batch waits, and fails when the earlier one does.
 */
export class PlacesInFlight {
  readonly #batches = new Set<Batch>();

  /** @param places what is to be written, by place */
  async take<R>(places: ReadonlyMap<string, unknown>, write: () => Promise<R>): Promise<R> {
    const before = [...this.#batches].filter((batch) => share(batch.places, places));
    const written = before.length === 0 ? write() : Promise.all(before.map((batch) => batch.written)).then(write);
    const batch = { places, written };
    this.#batches.add(batch);
    try {
      return await written;
    } finally {
      this.#batches.delete(batch);
    }
  }
}

function share(some: ReadonlyMap<string, unknown>, others: ReadonlyMap<string, unknown>): boolean {
  for (const place of some.keys()) if (others.has(place)) return true;
  return false;
}
