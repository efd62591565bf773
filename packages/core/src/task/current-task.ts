/** The task that is processing right now, shared by all copies of this package. */
const CURRENT = Symbol.for('@sluice/core/current-task');

interface Holder {
  [CURRENT]?: { fail(error: unknown): void } | undefined;
}

const holder = globalThis as Holder;

export function currentTask(): { fail(error: unknown): void } | undefined {
  return holder[CURRENT];
}

/** Answers the task that was processing before, to be given to `leaveTask`. */
export function enterTask(task: { fail(error: unknown): void }): { fail(error: unknown): void } | undefined {
  const before = holder[CURRENT];
  holder[CURRENT] = task;
  return before;
}

export function leaveTask(before: { fail(error: unknown): void } | undefined): void {
  holder[CURRENT] = before;
}
