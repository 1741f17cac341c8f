import { runProgram } from './program.js';

// Engines keep worker threads and native handles alive: exit once the answer is out.
process.exit(await runProgram(process.argv.slice(2)));
