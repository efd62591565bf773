/** Makes the watermark generators of a stream: one for each split of its source. */
export interface WatermarkStrategy<T> {
  create(): WatermarkGenerator<T>;
}

/**
 * Derives watermarks from elements. An answer `t` claims that no more elements with timestamps at or before `t` will come; lower than
 * an earlier one it changes nothing, `undefined` claims nothing.
 *
 * @example
 * const onMarkers: WatermarkStrategy<Reading> = {
 *   create: () => ({
 *     onElement: (reading, timestamp) => (reading.endOfRound ? timestamp : undefined),
 *     onPeriodic: () => undefined,
 *   }),
 * };
 */
export interface WatermarkGenerator<T> {
  /** Called for each element; an answer is sent at once (punctuated). */
  onElement(value: T, timestamp: number): number | undefined;
  /** Called every `every` milliseconds, or after each element when `every` is 0. */
  onPeriodic(): number | undefined;
}
