/** What waits for the job, oldest first; at most so many elements. */
export class BoundedBuffer {
  private elements: unknown[] = [];
  /** Elements before this one have been dropped. */
  private head = 0;

  constructor(private readonly size: number) {}

  get length(): number {
    return this.elements.length - this.head;
  }

  get isFull(): boolean {
    return this.length >= this.size;
  }

  push(element: unknown): void {
    this.elements.push(element);
  }

  dropOldest(): void {
    this.elements[this.head++] = undefined;
    if (this.head < this.size) return;
    this.elements = this.elements.slice(this.head);
    this.head = 0;
  }

  takeAll(): unknown[] {
    const all = this.head === 0 ? this.elements : this.elements.slice(this.head);
    this.elements = [];
    this.head = 0;
    return all;
  }
}
