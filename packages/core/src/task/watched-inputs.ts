import type { StreamObserver } from '../stream/element.js';
import type { InputWatermark } from '../time/watermark-delay.js';

/** The inputs of one operator, each seen on its way in; elements pass as they did. `active` tells where those are that count. */
export function watchedInputs(
  inputs: readonly StreamObserver<unknown>[],
  names: readonly string[],
): { readonly inputs: readonly StreamObserver<unknown>[]; active(): readonly InputWatermark[] } {
  const seen: { input: string; watermark: number; idle: boolean }[] = [];
  return {
    inputs: inputs.map((input, place) => {
      const here = { input: names[place] ?? String(place), watermark: Number.NEGATIVE_INFINITY, idle: false };
      seen.push(here);
      return {
        ...input,
        watermark(timestamp) {
          here.watermark = timestamp;
          input.watermark(timestamp);
        },
        status(idle) {
          here.idle = idle;
          input.status(idle);
        },
      };
    }),
    active: () => seen.filter(({ watermark, idle }) => !idle && watermark < Number.POSITIVE_INFINITY),
  };
}
