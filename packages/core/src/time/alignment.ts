/** Splits of a run whose event times must not drift apart, by the name of their group. */
export class Alignment {
  private readonly groups = new Map<string, AlignmentGroup>();

  group(name: string): AlignmentGroup {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = new AlignmentGroup();
      this.groups.set(name, group);
    }
    return group;
  }
}

/** Inputs that wait for each other, in whatever loops they run. */
export class AlignmentGroup {
  private readonly members: (() => number)[] = [];
  private readonly waiting = new Set<() => void>();

  /** `least` tells where the member's hindmost split is; `Infinity` when none counts. */
  join(least: () => number): void {
    this.members.push(least);
  }

  /** Where the hindmost split of the group is. */
  least(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const member of this.members) least = Math.min(least, member());
    return least;
  }

  /** `goOn` is called once when a member has moved. */
  wait(goOn: () => void): void {
    this.waiting.add(goOn);
  }

  /** A member has moved: who waits looks again. */
  moved(): void {
    if (this.waiting.size === 0) return;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const goOn of waiting) goOn();
  }
}
