export { reference } from './reference.js';
