/** Every text of `--help`, and the exit codes. */
export const EXIT = {
  ok: 0,
  /** The command could not do its work; standard error says why. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something that was received is not accounted for. */
  unbalanced: 3,
  /** doctor found something wrong, or could not ask. */
  unhealthy: 4,
  /** SIGINT or SIGTERM ended it before it was through. */
  interrupted: 130,
} as const;

const NAMES = [
  'start',
  'replay',
  'query',
  'explain',
  'alerts',
  'policy',
  'migrate',
  'doctor',
  'backfill',
  'redrive',
] as const;
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
  backfill  what is in Cloud Logging or in exported files, into a deployment's store; pages nobody
  redrive   quarantined entries and dead letters once more, after a fix; or what would become of them
  query     saved queries over a store; alone: the list of them
  explain   what is known of one job, principal or dataset, and from which entries
  alerts    what was found and told: list, show, acknowledge, resolve, silence, deliver
  policy    declared policy: check it, test it, try it over stored events, put it in force, take a decision again
  migrate   a Spanner database to the newest schema
  doctor    what is wrong with a deployment, each with the command that mends it

  npx jobtrail COMMAND --help tells a command's options.

exit codes: 0 done; 1 failed, standard error says why; 2 the command line is wrong;
            3 something received is not accounted for; 4 doctor found something wrong;
            130 it was asked to end before it was through
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
  backfill: `usage: npx jobtrail backfill --resource NAME … --from TIME [--until TIME] [--source NAME …] [--filter F] [options]
       npx jobtrail backfill FILE|gs://BUCKET/PREFIX … [options]

Reads entries of a span of time from Cloud Logging (oldest first), or exported files, and runs them through the same
pipeline as deployed. What is stored already is a duplicate. What is found becomes a digest and pages nobody; no
watermark moves. Killed at any point, the same command goes on where it was; Ctrl-C ends it after the page under way.
docs/backfill.md tells the rest.

${STORE}  --config FILE     jobtrail.yaml: what holds before anything was pushed to the store
  --resource NAME   projects/P, folders/F, organizations/O, or a view of a log bucket; may be repeated
  --from TIME       RFC 3339, or a date
  --until TIME      outside of the span; three hours ago at the latest, which is also what it is when absent
  --source NAME     only what the deployed sink of this source takes; may be repeated
  --filter F        in the Logging query language; with --source, both must hold
  --per-minute N    requests in a minute, at most (default 45 to Cloud Logging, 1200 to Cloud Storage)
  --per-second N    entries that are committed in a second, at most (default: as fast as it goes)
  --dry-run         stores nothing: what the first entries would become, and how many there are in all
  --limit N         entries that a dry run reads (default 5000)
  --state FILE      how far it is (default .jobtrail/backfill-….json, named by what is read into which store); none is
                    kept for a store that is gone at the end
  --json            each step as one object {"progress": …} a line, the last line the result
`,
  redrive: `usage: npx jobtrail redrive [--dry-run] [options]
       npx jobtrail redrive --dead-letters projects/P/subscriptions/S [--dry-run] [options]

Reads what is in quarantine again with this version, or pulls the messages of a dead-letter subscription. What can be read
now is stored and its row marked; what still fails stays. A message is acknowledged after its commit. Killed at any
point, the same command goes on with what is left; Ctrl-C ends it after the batch under way. docs/redrive.md tells the rest.

${STORE}  --config FILE     jobtrail.yaml: what holds before anything was pushed to the store
  --dry-run         changes nothing; tells what would become of each, by reason
  --reason CODE     only rows with this reason, a code of docs/errors.md; may be repeated
  --source NAME     only of this source; may be repeated
  --since TIME      only what was first seen, or published, then or later
  --as SOURCE       whose dead letters they are, where neither the subscription's name nor the one that gave them up
                    tells; \`any\`: whoever owns an entry, if everybody may be believed who publishes to its topic
  --wait SECONDS    the subscription is empty when nothing came for so long (default 10)
  --limit N         rows or messages at most
  --json            one JSON object
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
  policy: `usage: npx jobtrail policy check [DIR]
       npx jobtrail policy test [DIR]
       npx jobtrail policy replay [DIR] [--store STORE] [--limit N] [--json]
       npx jobtrail policy redecide EVENT [--store STORE]
       npx jobtrail policy push [DIR] --commit C --reviewer R [--from TIME] [--by WHO] [--store STORE]

DIR holds jobtrail.yaml, its Cedar policies in policies/ and own rules in rules/ (default: the current folder); or name
the file itself. docs/policy.md tells how policies are written.

  check       reads all of it; or every problem at once: file, line, what is wrong, what to write instead
  test        the cases of policies/tests/*.yaml, and those in the rules; prints each that fails, with why
  replay      decides the stored events anew by DIR: how many would come out otherwise, and which
  redecide    takes the decision of one stored event again, from its row and the kept texts of its bundle
  push        keeps the bundle and says from when it decides events; its cases must pass

${STORE}  --limit N         changed decisions that replay shows (default 50)
  --json            replay: one JSON object for each of them
  --from TIME       RFC 3339, at least five minutes ahead; absent: the next whole minute that is
  --commit C        version of the files in their repository
  --reviewer R      who reviewed it
  --by WHO          who pushes it (default $USER)

exit codes: 1 also where a case fails, or where a decision taken again is not the same
`,
  alerts: `usage: npx jobtrail alerts [ACTION] [options]

  list              open ones first, then acknowledged, then resolved; without an action as well
                      --state open|acknowledged|resolved, --severity low|medium|high|critical (both may be repeated)
                      --rule RULE, --limit N (default 100)
  show ID           one alert as Slack shows it, who did what with it, who was told, its findings and events
  ack ID            acknowledges
  resolve ID        resolves; --reason TEXT
  silence           holds back what matches, until its end; what is not named is any
                      --rule, --key, --severity, --environment, --team (each may be repeated, one is needed)
                      --owner WHO, --reason TEXT, --until TIME (all needed)
  silences          those that hold, of the configuration as well
  unsilence ID      ends one early; what it held back is due
  deliver           puts new findings into alerts and sends what is due, once; exit code 1 where a channel did not take it

ID of an alert is as many of its first hex digits as are unique, at least 8; ID/N is an earlier time around. Who did it is
recorded as the operating system's user. Channels are told by the function deliver within a minute, or by \`deliver\` here.

${STORE}  --config FILE     jobtrail.yaml: channels, routes, silences
  --json            for programs
`,
  doctor: `usage: npx jobtrail doctor [options]

One line for each thing it looks at: ok, warning, wrong, or unasked where what would tell may not be asked; under it the
command that mends it, with words in capitals for you to fill in. It changes nothing.

  configuration   jobtrail.yaml, policies, rules, and whether they are what is in force
  store           the database and its schema; clock: this machine's against it
  paths, canary   whether reconcile runs, what is blind, when canaries came back
  evidence        what mesh and gateway record: who called, and a request or only a connection
  subscriptions, dead-letters, sinks
                  whether a message can be lost on its way, and whether filters take what each source needs
  publishers, log-writers
                  who else could write what counts as evidence
  audit           data access logs that detections need, and who is exempted

${STORE}  --config FILE     jobtrail.yaml, as deployed
  --project P       project of the pipeline (default: that of the store); without any, Google Cloud is not asked
  --scope PARENT    organizations/N, folders/N or projects/P whose log sinks feed it; may be repeated. Looked at beside it:
                    the projects of the configuration and all above them, and what corroboration.paths names
  --json            one JSON object: lines, each with check, code, about, state, says and mend

Google Cloud is asked with the application default credentials: roles/iam.securityReviewer and roles/browser on the
organisation, and roles/spanner.databaseReader on the database, are enough. docs/doctor.md explains every line.

exit codes: 0 all is ok, or warnings only; 4 something is wrong, or could not be asked; 2 the command line is wrong
`,
  migrate: `usage: npx jobtrail migrate --store spanner:projects/P/instances/I/databases/D [options]

Applies the files of schemas/spanner/ that the database lacks, in order, and records each in its table SchemaVersions.
May be ended at any moment and run again, and by two at once: a change that is under way is waited for, what is there
already is recognised. How far a long one is stands on standard error.

  --optional SET    applies a set of schemas/spanner/optional/ as well: roles (fine-grained access) or graph (Enterprise
                    edition); may be repeated. One that the database has is brought to its newest text unasked
  --dry-run         shows what would be applied, changes nothing
  --json            one JSON object

The embedded store migrates itself when it is opened. docs/migrate.md tells more.
`,
};
