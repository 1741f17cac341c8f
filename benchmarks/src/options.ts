import { Command, InvalidArgumentError } from 'commander';

/** What the command line asks for. */
export interface BenchOptions {
  readonly only: string;
  readonly rounds: number;
  readonly threads: readonly number[];
  readonly json?: string;
  readonly markdown?: string;
  readonly from?: string;
  readonly list: boolean;
  readonly profile: boolean;
  readonly install: boolean;
  readonly peers: boolean;
}

const parseCount = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more.');
  return value;
};

/** The command line: its options and their help. `action` is given the options. */
export function createProgram(action: (options: BenchOptions) => Promise<void>): Command {
  return new Command('bench')
    .description(
      'Times our engines and their peers in turns, and prints the ratios (theirs / ours: above 1 is faster).',
    )
    .option('--only <substring>', 'only the comparisons whose name contains this', '')
    .option('--rounds <count>', 'turns of every contender', parseCount, 10)
    .option('--threads <counts>', 'threads, with commas between', (text) => text.split(',').map(parseCount), [1, 2])
    .option('--json <file>', 'write the rows to this file')
    .option('--markdown <file>', 'put the table into this file, between its markers <!-- bench --> and <!-- /bench -->')
    .option('--from <file>', 'measure nothing; take the results from a file that --json wrote')
    .option('--list', 'print the names of the comparisons', false)
    .option('--profile', 'say where the time of our engines goes, kernel by kernel', false)
    .option('--no-install', 'do not install peers that are missing')
    .option('--no-peers', 'only our engines')
    .showHelpAfterError('(add --help for the options)')
    .action(action);
}
