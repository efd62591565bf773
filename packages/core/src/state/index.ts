export { type AggregatingState, aggregatingState } from './aggregating-state.js';
export type { StateDescriptor, StateOf, StateOptions, StateShape } from './descriptor.js';
export { type ListState, listState } from './list-state.js';
export { type MapState, mapState } from './map-state.js';
export { memoryState } from './memory-state.js';
export { reducingState } from './reducing-state.js';
export type { StateValues } from './state-values.js';
export type { Ttl } from './ttl.js';
export { type ValueState, valueState, valueStateOf } from './value-state.js';
