export { type ProtobufOptions, protobuf } from './formats/protobuf-format.js';
