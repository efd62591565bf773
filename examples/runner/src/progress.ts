import type { JobEvent } from '@sluice/core';

/** What happens, on one line of a terminal, or on a line every two seconds elsewhere. */
export class Progress {
  private written = 0;
  private checkpoints = 0;
  private watermark: string | undefined;
  private next = Date.now() + 2_000;

  constructor(
    private readonly unit: string,
    private readonly records: number,
    private readonly output: NodeJS.WriteStream,
  ) {}

  wrote(total: number): void {
    this.written = total;
    this.show();
  }

  told(event: JobEvent): void {
    switch (event.type) {
      case 'started':
        this.note(
          event.restoredFrom === undefined
            ? `Started, ${event.guarantee.level}.`
            : `Going on from checkpoint ${event.restoredFrom}, ${event.guarantee.level}.`,
        );
        break;
      case 'progress':
        if (Number.isFinite(event.watermark)) this.watermark = new Date(event.watermark).toISOString().slice(0, 19);
        break;
      case 'checkpointCompleted':
        this.checkpoints++;
        break;
      case 'restarting':
        this.note(`Starting again: ${event.cause instanceof Error ? event.cause.message : String(event.cause)}`);
        break;
    }
    this.show();
  }

  note(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
  }

  clear(): void {
    if (this.output.isTTY) this.output.write('\r\x1b[K');
  }

  private show(): void {
    if (!this.output.isTTY && Date.now() < this.next) return;
    this.next = Date.now() + 2_000;
    const time = this.watermark === undefined ? '' : `, event time ${this.watermark}`;
    const line = `${count(this.written)} of ${count(this.records)} ${this.unit}, ${this.checkpoints} checkpoints${time}`;
    this.clear();
    this.output.write(this.output.isTTY ? line : `${line}\n`);
  }
}

export function count(value: number): string {
  return value.toLocaleString('en');
}
