import type { Turn } from './turn.js';

/** Ids looked at for each access: enough to get round faster than new ones come. */
const IDS_PER_ACCESS = 2;

/** Goes round the ids of a table, a few at a time, except the one whose turn it is. */
export class Sweep {
  private cursor = 0;

  constructor(
    private readonly turn: Turn,
    private readonly ids: ArrayLike<unknown>,
    private readonly clean: (id: number) => void,
  ) {}

  step(): void {
    for (let looks = 0; looks < IDS_PER_ACCESS; looks++) {
      if (this.cursor >= this.ids.length) this.cursor = 0;
      const id = this.cursor++;
      if (id !== this.turn.id) this.clean(id);
    }
  }
}
