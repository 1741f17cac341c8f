import { writeFile } from 'node:fs/promises';
import { tfjsNodePackages } from '@sofd/backend-node';
import { SofdError, weightPrecisions } from '@sofd/core';
import { allExpansionModes, expansionModes, expansionRegions, sources } from '@sofd/dataset';
import { Argument, Command, CommanderError, Option } from 'commander';
import { version } from '../package.json';
import { abortOnSignals } from './abort-on-signals.js';
import { collect, parseCount, parseNames, parseNumber, parsePositive, parseRoot } from './arguments.js';
import { type CommandContext, type CommonOptions, engineNames } from './command-context.js';
import { convert } from './commands/convert.js';
import { datasetInspect } from './commands/dataset-inspect.js';
import { datasetRelabel } from './commands/dataset-relabel.js';
import { datasetShow } from './commands/dataset-show.js';
import { detect } from './commands/detect.js';
import { doctor } from './commands/doctor.js';
import { evaluate } from './commands/evaluate.js';
import { expand } from './commands/expand.js';
import { report } from './commands/report.js';
import { setup, setupTargets } from './commands/setup.js';
import { train } from './commands/train.js';
import { worker } from './commands/worker.js';
import { createProgressDisplay } from './progress.js';

/** Exit codes: 0 done, 1 failed with a message, 2 wrong usage. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

const namesOf = (named: readonly { readonly name: string }[]): string => named.map(({ name }) => name).join(', ');

/** Adds the options that every command takes. */
const withCommonOptions = (
  command: Command,
  seed = new Option('--seed <number>', 'seed of everything random').default(1),
) =>
  command
    .option('--json <file>', 'write the result as JSON to this file')
    .addOption(seed.argParser(parseCount))
    .addOption(new Option('--engine <name>', 'engine that computes').choices([...engineNames]).default('auto'))
    .option('--quiet', 'print nothing but errors', false);

/** Wraps a command's function: context in, JSON file out. Errors travel on to {@link runProgram}. */
function action<Options>(run: (options: Options, context: CommandContext) => Promise<unknown>) {
  return async (options: Options & CommonOptions): Promise<void> => {
    const controller = new AbortController();
    const release = abortOnSignals(controller);
    const display = createProgressDisplay();
    const context: CommandContext = {
      log: options.quiet ? () => {} : (line) => console.error(line),
      progress: options.quiet ? () => {} : display.progress,
      signal: controller.signal,
    };
    try {
      const result = await run(options, context);
      if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
    } finally {
      display.stop();
      release();
    }
  };
}

/** Declares the commands about the machine itself. */
function addMachineCommands(add: (name: string, summary: string) => Command): void {
  add('doctor', 'say which engines and tools work here, why not where not, and what to type to get them').action(
    action(doctor),
  );
  add('setup', 'build what an engine needs on this machine')
    .addArgument(new Argument('<engine>', 'engine to set up').choices([...setupTargets]))
    .option('--python <path>', 'Python that has TensorFlow; else the active environment, python3, python')
    .addOption(
      new Option('--package <name>', 'npm package whose binding is built; else the first installed').choices([
        ...tfjsNodePackages,
      ]),
    )
    .option('--force', 'build again what is built already', false)
    .action((target: (typeof setupTargets)[number], options) => action(setup)({ ...options, target }));
}

/** Arguments and options of `sofd convert`. */
const declareConvert = (command: Command): Command =>
  command
    .argument('<input>', 'run or checkpoint folder; or weights of CLIP: .pt, .pth, .safetensors, a Hugging Face folder')
    .argument('<output>', 'checkpoint folder to write; with --to openai a .safetensors file')
    .option('--evaluation <file>', 'evaluation.json to record in the checkpoint')
    .addOption(
      new Option('--to <format>', "openai: the weights of a checkpoint in OpenAI's names, for PyTorch")
        .choices(['sofd', 'openai'])
        .default('sofd'),
    )
    .addOption(
      new Option(
        '--weights <precision>',
        'how weights are stored: float32 (default), float16 for half the size, int8 for a quarter',
      ).choices(weightPrecisions),
    )
    .option('--graph <name|file>', 'label graph for CLIP weights: faceForensics (default), ffsc or a JSON file')
    .addOption(
      new Option(
        '--preset <name>',
        'logits of CLIP weights: official (default), a dot product over ten; cosine, as CLIP itself',
      ).choices(['official', 'cosine']),
    )
    .option(
      '--image-size <pixels>',
      'side of the images for CLIP weights, a multiple of the patch; that of the weights when left out',
      parseCount,
    )
    .option(
      '--tokenizer <file...>',
      "CLIP's tokenizer.json, vocab.json and merges.txt, or bpe .txt.gz, for sentences with new words",
    )
    .action((input: string, output: string, options) => action(convert)({ ...options, input, output }));

/** Declares the commands about data sets on disk. */
function addDatasetCommands(program: Command): void {
  const dataset = program.command('dataset').description('look into data sets').exitOverride();
  withCommonOptions(dataset.command('inspect').description('say which data set a folder holds, and what is missing'))
    .exitOverride()
    .argument('<path>', 'folder of the data set')
    .addOption(
      new Option('--source <name>', 'layout of the data set, recognised when left out').choices(
        sources.map(({ name }) => name),
      ),
    )
    .action((path: string, options) => action(datasetInspect)({ ...options, path }));
  withCommonOptions(dataset.command('show').description('show a random sample of the images of an expanded data set'))
    .exitOverride()
    .argument('<data>', 'data set folder that sofd expand made')
    .option('--port <number>', 'port on this machine, any free one when left out', parseCount, 0)
    .option('--count <number>', 'images of each mode', parsePositive, 12)
    .option('--output <file>', 'write the sheet to this HTML file instead of serving it')
    .action((data: string, options) => action(datasetShow)({ ...options, data }));
  withCommonOptions(dataset.command('relabel').description('copy an expanded data set, labelled by other rules'))
    .exitOverride()
    .argument('<data>', 'data set folder that sofd expand made; it is not changed')
    .requiredOption('--output <dir>', 'folder of the data set to make')
    .option('--graph <name|file>', 'label graph: faceForensics (default), ffsc or a JSON file; needs --rules')
    .option('--rules <file>', 'JSON file that says which labels each manipulation gets')
    .addOption(
      new Option('--annotation <map>', 'published label map, where no rules are given')
        .choices(['training', 'graph'])
        .default('training')
        .conflicts('rules'),
    )
    .option('--overwrite', 'replace what is at the output', false)
    .action((data: string, options) => action(datasetRelabel)({ ...options, data }));
}

/** Options of `sofd expand`. */
const declareExpand = (command: Command): Command =>
  command
    .requiredOption('--input <dir>', 'folder of photographs or a published data set, searched with its subfolders')
    .requiredOption('--output <dir>', 'folder of the data set to make; a run that was stopped is continued')
    .addOption(
      new Option('--source <name>', 'layout of the input; recognised when left out').choices(
        sources.map(({ name }) => name),
      ),
    )
    .option(
      '--modes <names>',
      `separated by commas, out of ${namesOf(allExpansionModes)} (default: ${namesOf(expansionModes)})`,
      parseNames,
    )
    .option('--regions <names>', `the only ones to alter: ${expansionRegions.join(', ')}`, parseNames)
    .option('--frames <count>', 'frames to take of each video (default: 8)', parsePositive)
    .addOption(
      new Option('--jobs <count>', 'threads (default: one a core)').argParser(parsePositive).conflicts('queue'),
    )
    .option('--queue <url>', 'Redis server, as redis://host:6379: have the jobs done by sofd worker on other machines')
    .addOption(
      new Option('--annotation <map>', 'label map of the alterations')
        .choices(['training', 'graph'])
        .default('training')
        .conflicts('rules'),
    )
    .option('--graph <name|file>', 'label graph: faceForensics (default), ffsc or a JSON file; needs --rules')
    .option('--rules <file>', 'JSON file that says which labels each manipulation gets')
    .option('--measure', 'measure what changed in each image, beside its label', false)
    .option('--per-face <count>', 'images that each mode makes of a face', parseCount, 3)
    .option(
      '--identity-threshold <cosine>',
      'least similarity of two faces taken for one person; about 0.7 where each photo shows another person',
      parseNumber,
    )
    .option('--crop-size <pixels>', 'side of the images (default: 224; at most 317)', parsePositive)
    .option('--min-quality <score>', 'least quality of a face, 0 to 1 (default: 0.2)', parseNumber)
    .option(
      '--min-age <years>',
      'least estimated age (default: 18); 0 where all people are known to be adults',
      parseNumber,
    )
    .option('--overwrite', 'replace a data set at the output', false)
    .option('--no-contact-sheet', 'leave contact-sheet.html out')
    .action(action(expand));

/** Declares `sofd train`, whose seed is the experiment's where none is given. */
const declareTrain = (program: Command): Command =>
  withCommonOptions(
    program.command('train').description('train a model as an experiment file says; or several, and compare them'),
    new Option('--seed <number>', 'seed of the run'),
  )
    .exitOverride()
    .argument('<experiment...>', 'experiment file: .json, .mjs or .ts; two or more with --compare')
    .requiredOption('--output <dir>', 'folder of the run: model, state to resume from, logs, report')
    .option(
      '--resume',
      'continue what the output folder holds; it must have been started with the same experiment',
      false,
    )
    .option('--seeds <count>', 'train with so many seeds, into seed-0 and so on', parsePositive)
    .option('--compare', 'train several experiments on the same data and give the difference in test AUC', false)
    .option(
      '--steps <count>',
      'steps of the run; this and the next ones in place of what the experiment says',
      parsePositive,
    )
    .option('--batch-size <count>', 'images of a batch', parsePositive)
    .option('--learning-rate <rate>', 'learning rate of the model', parseNumber)
    .option('--weight-decay <rate>', 'weight decay of the model', parseNumber)
    .option('--weighting <kind>', 'task weighting, for instance equal or auto-lambda, with its defaults')
    .option(
      '--set <key=value>',
      'any key of the experiment, as earlyStop.patience=3; may be given several times',
      collect,
      [],
    )
    .option('--workers <count>', 'threads that make the batches, 0 for none (default: one a core but one)', parseCount)
    .action((experiments: string[], options) => action(train)({ ...options, experiments }));

/** Declares the whole command line. */
export function createProgram(): Command {
  const program = new Command('sofd')
    .description('Semantics-oriented face-forgery detection: whether a face was altered, what was altered and where.')
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  const add = (name: string, summary: string) =>
    withCommonOptions(program.command(name).description(summary)).exitOverride();

  addMachineCommands(add);
  addDatasetCommands(program);
  declareExpand(
    add('expand', 'make a labelled data set of real and altered faces from photographs or a published data set'),
  );
  add('worker', 'do jobs of sofd expand --queue, which runs elsewhere, until it is stopped')
    .requiredOption('--queue <url>', 'Redis server, as redis://host:6379')
    .option('--jobs <count>', 'threads (default: one a core)', parsePositive)
    .option('--root <from=to>', 'a folder of the run that is elsewhere here; may be given several times', parseRoot, [])
    .action(action(worker));
  declareTrain(program);
  add('eval', 'score a data set and say how far the scores can be trusted')
    .requiredOption('--model <dir>', 'checkpoint or run folder')
    .requiredOption('--data <dir>', 'data set folder')
    .requiredOption('--output <dir>', 'folder for evaluation.json and scores.jsonl')
    .addOption(
      new Option('--split <name>', 'part of the data set').choices(['train', 'validation', 'test']).default('test'),
    )
    .action(action(evaluate));
  add('detect', 'say of each face in photographs whether, what and where it was altered')
    .argument('<file...>', 'photographs')
    .requiredOption('--model <dir>', 'checkpoint folder')
    .addOption(
      new Option('--crop <kind>', 'auto: find the faces; none: the image already is a face crop')
        .choices(['auto', 'none'])
        .default('auto'),
    )
    .action((files: string[], options) => action(detect)({ ...options, files }));
  declareConvert(
    add('convert', 'write a checkpoint folder from a run, a checkpoint or CLIP weights; or its weights for PyTorch'),
  );
  add('report', 'write one self-contained HTML report of a data set, a run, an evaluation and detections')
    .requiredOption('--data <dir>', 'data set folder')
    .requiredOption('--run <dir>', 'run folder')
    .requiredOption('--evaluation <file>', 'evaluation.json of sofd eval')
    .requiredOption('--detections <file>', 'result of sofd detect --json')
    .requiredOption('--output <file>', 'HTML file to write')
    .action(action(report));
  return program;
}

/**
 * Runs the command line.
 *
 * @param args - arguments after the program's name
 * @returns the exit code: 0 done, 1 failed with a message, 2 wrong usage
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (process.env.SOFD_DEBUG) console.error(error);
    else if (SofdError.isInstance(error)) console.error(`sofd: ${error.message}`);
    else console.error(`sofd: unexpected: ${String(error)} (SOFD_DEBUG=1 shows where; please report it)`);
    return exitCodes.failed;
  }
}
