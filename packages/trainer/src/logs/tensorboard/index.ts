export {
  encodeTensorBoardFile,
  encodeTensorBoardHeader,
  encodeTensorBoardStep,
  toTensorBoardScalars,
} from './encode-records.js';
export { findKeptEvents } from './find-kept-events.js';
