/** What waits to enter a graph, in order. Taking costs the same however much waits. */
export class ActionQueue {
  private actions: (() => void)[] = [];
  private head = 0;

  get length(): number {
    return this.actions.length - this.head;
  }

  add(action: () => void): void {
    this.actions.push(action);
  }

  /** The oldest; nothing to do when there is none. */
  take(): () => void {
    const action = this.actions[this.head] ?? nothing;
    if (this.length > 0) this.actions[this.head++] = nothing;
    if (this.head === this.actions.length) {
      this.actions = [];
      this.head = 0;
    }
    return action;
  }
}

function nothing(): void {}
