import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import { describe, expect, it } from 'vitest';
import { MultiInput } from './multi-input.js';

function watched(): { readonly inputs: MultiInput; readonly watermarks: number[] } {
  const watermarks: number[] = [];
  const out = {
    watermark: (timestamp: number) => void watermarks.push(timestamp),
    barrier() {},
    status() {},
    error() {},
    complete() {},
  };
  return { inputs: new MultiInput(2, out, 'test'), watermarks };
}

describe('the inputs of an operator, restored', () => {
  it.each([
    { at: [5, 7], next: [6, 6], sent: [6] },
    { at: [5, 5], next: [5, 5], sent: [] },
    { at: [Infinity, 7], next: [Infinity, Infinity], sent: [Infinity] },
    // Between the end of the input and the end of the job there may be a checkpoint.
    { at: [Infinity, Infinity], next: [Infinity, Infinity], sent: [Infinity] },
  ])('at $at and given $next send $sent', ({ at, next, sent }) => {
    const before = watched();
    for (const [place, watermark] of at.entries()) before.inputs.input(place).watermark(watermark);
    const writer = new ByteWriter(64);
    before.inputs.writeTo(writer);
    const { inputs, watermarks } = watched();
    inputs.restoreFrom(new ByteReader(writer.finish()));
    for (const [place, watermark] of next.entries()) inputs.input(place).watermark(watermark);
    expect(watermarks).toEqual(sent);
  });
});
