// What `@sluice/kafka` will offer, as far as these programs need it. The package itself takes the place of this file.
declare module '@sluice/kafka' {
  import type { Decoder, Source } from '@sluice/connector-sdk';

  export function kafkaSource<T>(options: {
    readonly brokers: readonly string[];
    readonly topic: string;
    readonly groupId: string;
    readonly value: Decoder<T>;
  }): Source<T>;
}
