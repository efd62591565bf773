export * from './bounded-out-of-orderness.js';
export * from './watermark-strategy.js';
