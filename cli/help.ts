/** Every text of `--help`, and the exit codes. */
export const EXIT = {
  ok: 0,
  /** The command could not do its work; standard error says why. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something that was received is not accounted for. */
  unbalanced: 3,
} as const;

const NAMES = ['start', 'replay', 'query', 'explain'] as const;
export type CommandName = (typeof NAMES)[number];
export const isCommand = (text: string): text is CommandName => NAMES.some((name) => name === text);

/** Where `replay` puts rows and `query` looks for them, unless told otherwise. */
export const DEFAULT_STORE = 'sqlite:.jobtrail/trail.db';

const STORE = `  --store STORE     sqlite:PATH                 embedded store, a file (default ${DEFAULT_STORE})
                    sqlite::memory:             embedded, gone at the end
                    emulator                    Spanner emulator (SPANNER_EMULATOR_HOST, or started here)
                    spanner:projects/P/instances/I/databases/D
`;

export const HELP = `jobtrail: who ran which data job, on whose behalf, through which hops, on what data.

usage: npx jobtrail COMMAND [options]

  start     a realistic day of logs through the real functions, or your own exported files
  replay    exported log files into a store, with the balance of what was received
  query     saved queries over a store; alone: the list of them
  explain   what is known of one job, principal or dataset, and from which entries

  npx jobtrail COMMAND --help tells a command's options.

exit codes: 0 done; 1 failed, standard error says why; 2 the command line is wrong;
            3 something received is not accounted for
`;

export const COMMAND_HELP: Readonly<Record<CommandName, string>> = {
  start: `usage: npm start [-- [--store sqlite:PATH|emulator] [FILE…]]

Without a file: a day of an invented company's logs, as Pub/Sub push requests over HTTP through the functions of
this checkout, then the balance and the jobs. With files: the same report over your own exported logs.

  --store STORE     sqlite:PATH (default sqlite:.jobtrail/day.db, made anew), or emulator: through the Pub/Sub
                    emulator and the Spanner emulator, found in the Google Cloud CLI's installation or on the path,
                    or reached at PUBSUB_EMULATOR_HOST and SPANNER_EMULATOR_HOST
  --config FILE     jobtrail.yaml, for your own files
`,
  replay: `usage: npx jobtrail replay FILE|- … [options]

Reads exported log entries (NDJSON, a JSON array as \`gcloud logging read --format=json\` prints it, plain access log
lines; each may be gzipped), runs them through the same pipeline as deployed, and accounts for every one.
Memory does not grow with the file.

${STORE}  --config FILE     jobtrail.yaml: environments, bindings, retention
  --events FILE     the stored events as NDJSON
  --json            the last line is one object: received, stored, duplicate, filtered, quarantined, events, …
`,
  query: `usage: npx jobtrail query [NAME [--param KEY=VALUE …]] [options]

Runs a saved query (schemas/queries/NAME.sql). Without a name: lists them with their parameters.

${STORE}  --param KEY=VALUE a parameter of the query; may be repeated
  --format FORMAT   table (default), json or csv
`,
  explain: `usage: npx jobtrail explain ID [options]

ID is a job (dataproc:…, dataflow:…, yarn:…), a principal (user:…, service-account:…, an e-mail) or a dataset
(gs://…, bigquery:…) or an event (64 hex digits). Tells what is known of it and from which log entries.

${STORE}  --hops N          lineage to N hops, 1 to 6 (default 3)
  --json            one JSON object
`,
};
