import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { type ForgetArguments, forgetOptions, runForget } from './commands/forget-command.ts';
import { runMigrate } from './commands/migrate-command.ts';
import { runMoveStore } from './commands/move-command.ts';
import { runReplay } from './commands/replay-command.ts';
import { runStart } from './commands/start-command.ts';
import { ConfigError } from './config/problem.ts';
import { type DoctorOptions, runDoctor } from './doctor/run-doctor.ts';
import { PlaypathError } from './errors.ts';

/** The command line. Nothing else in Playpath ends the process. */

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('playpath')
  .description('Observability for video streaming: one trace per playback session, and why it failed.')
  .version(version)
  .exitOverride();

program
  .command('start', { isDefault: true })
  .description('run the collector; without a configuration it plays demo traffic through the whole pipeline')
  .option('--config <file>', 'YAML configuration (docs/config.md); PLAYPATH_CONFIG names one too')
  .action(async (options: { config?: string }) => {
    const collector = await runStart({ file: options.config ?? '', version, out: process.stdout });
    let isStopping = false;
    let reloading = Promise.resolve();
    const stop = (): void => {
      if (isStopping) return;
      isStopping = true;
      reloading
        .then(() => collector.close())
        .then(
          () => process.exit(0),
          (error: unknown) => fail(error),
        );
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', () => {
      if (!isStopping) reloading = reloading.then(() => collector.reload()).catch(fail);
    });
  });

program
  .command('replay')
  .description('run the whole pipeline over finished files, with record time as the clock')
  .option('--source <FILE=FORMAT:TIER:NAME...>', 'a finished log or capture; may be repeated')
  .option('--config <file>', 'sources from a YAML configuration instead')
  .option('--detail <detail>', 'full: every request a span; recorder: only what the flight recorder keeps', 'full')
  .option('--traces <where>', 'file, otlp or both; default: to export.otlp.endpoint where one is configured, else file')
  .requiredOption('--out <dir>', 'where metrics.prom, sessions.jsonl and traces.otlp.jsonl go')
  .action(async (options: { source?: string[]; config?: string; detail: string; traces?: string; out: string }) => {
    await runReplay({ ...options, version, print: (line) => console.log(line) });
  });

program
  .command('doctor')
  .description('say what stops good correlation, and what to do: of a folder of logs, or of a running collector')
  .argument('[folder]', 'a folder of logs; formats are recognised, tiers guessed by file names')
  .option('--source <FILE=FORMAT:TIER:NAME...>', 'a log by name; may be repeated')
  .option('--config <file>', 'settings, and sources when no other are named, from a YAML configuration')
  .option('--url <url>', 'a running collector, by the address of its metrics, such as http://127.0.0.1:9464')
  .option('--token-env <variable>', 'environment variable with a token of purpose query for all tenants, for --url')
  .action(async (folder: string | undefined, options: Omit<DoctorOptions, 'folder' | 'print'>) => {
    const found = await runDoctor({
      ...options,
      ...(folder === undefined ? {} : { folder }),
      print: (line) => console.log(line),
    });
    if (found.some(({ level }) => level === 'broken')) process.exitCode = 1;
  });

program
  .command('migrate')
  .description('bring the tables of the analytics store up to date')
  .option('--config <file>', 'YAML configuration; PLAYPATH_CONFIG names one too')
  .action((options: { config?: string }) => runMigrate(options.config ?? '', (line) => console.log(line)));

program
  .command('move-store')
  .description('copy an embedded analytics store into the ClickHouse server of a configuration')
  .argument('<folder>', 'store.path of a collector that is stopped')
  .option('--config <file>', 'YAML configuration with store.url; PLAYPATH_CONFIG names one too')
  .action((folder: string, options: { config?: string }) =>
    runMoveStore(folder, options.config ?? '', (line) => console.log(line)),
  );

program
  .command('forget')
  .description('erase a session, or everything of a viewer or a device, from the analytics store')
  .requiredOption('--tenant <tenant>', 'whose viewer it is')
  .option('--session <id>', 'a session, by trace id or by the id the player sent')
  .option('--viewer <id>', 'everything of a viewer, by the id the site sends')
  .option('--device <key>', 'everything of a device, by its key')
  .option('--url <url>', 'query API of a running collector, such as http://127.0.0.1:8080')
  .option('--token-env <variable>', 'environment variable with a token of purpose admin, for --url')
  .option('--config <file>', 'without --url: the YAML configuration whose store is opened')
  .action(async (options: ForgetArguments) => {
    await runForget(forgetOptions(options));
    console.log('Forgotten.');
  });

program
  .command('lab')
  .description('simulate a fleet and write its traffic in real wire formats, with the truth beside it')
  .allowUnknownOption()
  .helpOption(false)
  .argument('[options...]', 'see docs/lab.md')
  .action(async (args: string[]) => {
    const { runLabCommand } = await import('../test/lab/cli.ts');
    await runLabCommand(args);
  });

function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (error instanceof ConfigError || error instanceof PlaypathError) console.error(`playpath: ${error.message}`);
  else console.error(error);
  process.exit(1);
}

program.parseAsync().catch(fail);
