/**
 * How large requests may be just now, in bytes. What the server finds too large (413) bounds them for good; what it cannot take just now
 * (429) halves them, and they grow again with each that it takes.
 */
export class RequestSize {
  #most: number;
  #now: number;

  constructor(most: number) {
    this.#most = most;
    this.#now = most;
  }

  get bytes(): number {
    return this.#now;
  }

  tooLarge(bytes: number): void {
    this.#most = Math.max(1, Math.min(this.#most, Math.floor(bytes / 2)));
    this.#now = Math.min(this.#now, this.#most);
  }

  overloaded(bytes: number): void {
    this.#now = Math.max(1, Math.floor(Math.min(this.#now, bytes) / 2));
  }

  taken(): void {
    this.#now = Math.min(this.#most, this.#now * 2);
  }
}
