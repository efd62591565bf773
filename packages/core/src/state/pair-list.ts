/** Numbers side by side for each entry. */
export const STRIDE = 3;

/** Pairs of 32-bit integers with a small one each, in the order in which they came. */
export class PairList {
  private numbers = new Int32Array(64 * STRIDE);
  private end = 0;

  add(first: number, second: number, value: number): void {
    if (this.end === this.numbers.length) this.grow();
    this.numbers[this.end++] = first;
    this.numbers[this.end++] = second;
    this.numbers[this.end++] = value;
  }

  /** First, second, value of each; not copied. */
  entries(): Int32Array {
    return this.numbers.subarray(0, this.end);
  }

  private grow(): void {
    const numbers = new Int32Array(this.numbers.length * 2);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
