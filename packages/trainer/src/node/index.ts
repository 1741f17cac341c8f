export { openRunFolder, type RunFolder } from './run-folder.js';
export { openTensorBoardLog, type TensorBoardLog, type TensorBoardLogOptions } from './tensorboard-log.js';
