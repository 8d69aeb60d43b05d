/** What mesh and gateway really write: whom their records name and how that was proven, and whether they tell a request or a connection. */
import type { RequiredEvidence } from '../../../schemas/corroboration.ts';
import { planeOf, type Plane } from '../../corroboration/health/path.ts';
import { counted, createCheck, type Line, some } from '../line.ts';
import { command } from '../shell.ts';

export const EVIDENCE = createCheck({
  name: 'evidence',
  looksAt:
    'records of mesh and gateway in the store: identity and grade of each path; and of the calls that started jobs in the last day, by engine, against what `corroboration.evidence` asks for',
  codes: {
    'undeclared-project': {
      state: 'wrong',
      means:
        'records come from a project that is not in `meshProjects`: anybody could have written them, and they prove nothing',
    },
    nameless: { state: 'wrong', means: 'most records of a path name nobody' },
    'some-nameless': { state: 'warning', means: 'more than one record of a hundred names nobody' },
    plaintext: {
      state: 'warning',
      means: 'more than one record of a hundred came without mutual TLS: nothing proves who called',
    },
    'hop-silent': {
      state: 'wrong',
      means: 'a hop is required, and no record of it that counts came in the last day',
    },
    'calls-missing': {
      state: 'wrong',
      means: 'jobs of an engine were started, and the hop that is required recorded none of the calls',
    },
    'calls-nameless': { state: 'wrong', means: 'most of the calls that start jobs of an engine name nobody' },
    'connections-only': {
      state: 'wrong',
      means: 'requests are asked for and only connections are recorded: every start is undetermined',
    },
  },
});

/** Records of one path that were let through, counted. */
export interface RecordedPath {
  /** `istio/CLUSTER/REPORTER` or `kong/CLUSTER`. */
  readonly path: string;
  readonly records: number;
  /** That name who called. */
  readonly named: number;
  readonly byCertificate: number;
  /** That carry a token's subject: of the caller, or of whom it acted for. */
  readonly byToken: number;
  readonly byCredential: number;
  /** That name nobody, since there was no mutual TLS. */
  readonly plain: number;
  /** That tell a request, not only the connection it was in. */
  readonly requests: number;
  /** Whose logs they are in. */
  readonly projects: readonly string[];
}

/** Calls that started jobs of one engine. */
export interface JobCalls {
  readonly engine: 'dataproc' | 'dataflow' | 'databricks';
  /** The API's own records, but those of Google's agents, which call it from inside. */
  readonly starts: readonly { readonly environment: string | undefined }[];
  /** Records of a hop that count as evidence. */
  readonly hops: Readonly<
    Record<Plane, { readonly requests: number; readonly connections: number; readonly named: number }>
  >;
}

const isUndeclared = ({ path }: RecordedPath): boolean => path.endsWith('/(undeclared)');
const planeOfPath = ({ path }: RecordedPath): Plane => planeOf(path) ?? 'mesh';

/** @param config path of jobtrail.yaml */
export function checkEvidence(
  paths: readonly RecordedPath[],
  calls: readonly JobCalls[],
  required: readonly RequiredEvidence[],
  config: string,
): readonly Line[] {
  const asking = required.filter(({ require }) => require.length > 0);
  const lines = [
    ...paths.flatMap((path) => ofPath(path, config)),
    ...asking.flatMap((entry) => ofEntry(entry, paths, calls, config)),
  ];
  return lines.length > 0 ? lines : [EVIDENCE.ok('mesh and gateway', 'none is required, and none records')];
}

const FORMAT = {
  mesh: 'kubectl --namespace=istio-system edit configmap istio # accessLogFormat of docs/doctor.md#mesh',
  gateway:
    'deck gateway sync FILE # an authentication plugin on each route to a job API: docs/doctor.md#gateway',
} as const;
const REQUESTS = {
  mesh: 'kubectl apply --filename=FILE # TLS begun at an egress gateway: docs/doctor.md#mesh',
  gateway: 'deck gateway sync FILE # routes of protocol https, not tls_passthrough: docs/doctor.md#gateway',
} as const;
const STRICT = command(
  'kubectl patch peerauthentication default --namespace=istio-system --type=merge',
  '--patch={"spec":{"mtls":{"mode":"STRICT"}}}',
);

function ofPath(recorded: RecordedPath, config: string): readonly Line[] {
  const { path, records, named, requests, plain, projects } = recorded;
  if (isUndeclared(recorded)) {
    const says = `${counted(records, 'record')} of ${some(projects)}, not in meshProjects: anybody could have written them, and they prove nothing`;
    const mend = `${checkOf(config)} # after adding the project to meshProjects`;
    return [EVIDENCE.found('undeclared-project', path, says, mend)];
  }
  const grade = requests === records ? 'request' : requests === 0 ? 'connection' : 'request and connection';
  const says = `${percent(named, records)} of ${records} records name who called${proofsOf(recorded)}; grade ${grade}`;
  const plane = planeOfPath(recorded);
  const nameless = records - named;
  // What was never encrypted has no name in it, whatever the format is.
  const mend = plane === 'mesh' && plain * 2 > nameless ? STRICT : FORMAT[plane];
  if (nameless * 2 > records) return [EVIDENCE.found('nameless', path, says, mend)];
  if (plain * 100 > records) {
    const also = `${says}; ${percent(plain, records)} came without mutual TLS`;
    return [EVIDENCE.found('plaintext', path, also, STRICT)];
  }
  if (nameless * 100 > records) return [EVIDENCE.found('some-nameless', path, says, mend)];
  return [EVIDENCE.ok(path, says)];
}

function proofsOf({ records, byCertificate, byToken, byCredential }: RecordedPath): string {
  const told = [
    { what: 'by certificate', count: byCertificate },
    { what: 'by credential', count: byCredential },
    { what: 'a token’s subject', count: byToken },
  ].filter(({ count }) => count > 0);
  return told.length === 0
    ? ''
    : ` (${told.map(({ what, count }) => `${what} ${percent(count, records)}`).join(', ')})`;
}

const percent = (part: number, whole: number): string => `${Math.floor((part / whole) * 100)} %`;
const checkOf = (config: string): string => command('npx jobtrail policy check', config);

/** Of which grade the evidence is that one entry of the configuration asks of job starts. */
function ofEntry(
  entry: RequiredEvidence,
  paths: readonly RecordedPath[],
  calls: readonly JobCalls[],
  config: string,
): readonly Line[] {
  const engines = entry.engines ?? ['dataproc', 'dataflow', 'databricks'];
  const silent = entry.require.filter(
    (hop) => !paths.some((path) => planeOfPath(path) === hop && !isUndeclared(path)),
  );
  if (silent.length > 0) {
    const about = `${entry.id} (${engines.join(', ')})`;
    return silent.map((hop) => {
      const says = `asks for a record of the ${hop}, and none that counts came in the last day`;
      return EVIDENCE.found('hop-silent', about, says, FORMAT[hop]);
    });
  }
  const started = calls.filter(
    (one) =>
      engines.includes(one.engine) &&
      (covered(entry, one) > 0 || entry.require.some((hop) => hopRecords(one, hop) > 0)),
  );
  const rest = engines.filter((engine) => !started.some((one) => one.engine === engine));
  return [
    ...started.flatMap((one) => ofEngine(entry, one, config)),
    ...(rest.length > 0 ? [ofRest(entry, rest, paths, config)] : []),
  ];
}

const hopRecords = ({ hops }: JobCalls, hop: Plane): number => hops[hop].requests + hops[hop].connections;

/** Starts that the entry asks evidence of, whoever began them. */
const covered = ({ environments }: RequiredEvidence, { starts }: JobCalls): number =>
  starts.filter(
    ({ environment }) =>
      environments === undefined || (environment !== undefined && environments.includes(environment)),
  ).length;

function ofEngine(entry: RequiredEvidence, one: JobCalls, config: string): readonly Line[] {
  const { engine, hops } = one;
  const about = `${entry.id} (${engine})`;
  const starts = covered(entry, one);
  const lines = entry.require.flatMap((hop): readonly Line[] => {
    const { requests, connections, named } = hops[hop];
    if (requests === 0 && connections === 0) {
      // Whether the entry is about those who began them is for its verdicts to say.
      if (entry.principals !== undefined) return [];
      const says = `${starts} starts in the last day, and the ${hop} recorded none of the calls`;
      return [EVIDENCE.found('calls-missing', about, says, FORMAT[hop])];
    }
    if (requests === 0 && entry.grade === 'request') return [undetermined(about, hop, config)];
    if (named * 2 < requests) {
      const says = `${percent(named, requests)} of ${requests} calls in the ${hop} name who called`;
      return [EVIDENCE.found('calls-nameless', about, says, FORMAT[hop])];
    }
    return [];
  });
  if (lines.length > 0) return lines;
  const told = entry.require.map((hop) => {
    const { requests, connections } = hops[hop];
    return requests > 0
      ? `${hop} tells the request of ${requests} calls`
      : `${hop} tells ${connections} connections`;
  });
  return [EVIDENCE.ok(about, `${starts} starts in the last day; ${told.join(', ')}`)];
}

/** Of engines without a call in the last day the paths themselves tell the grade. */
function ofRest(
  entry: RequiredEvidence,
  engines: readonly string[],
  paths: readonly RecordedPath[],
  config: string,
): Line {
  const about = `${entry.id} (${engines.join(', ')})`;
  const blind = entry.require.find((hop) =>
    paths.every((path) => planeOfPath(path) !== hop || isUndeclared(path) || path.requests === 0),
  );
  if (blind !== undefined && entry.grade === 'request') return undetermined(about, blind, config);
  const told = entry.require.map((hop) => `${hop} tells the ${hop === blind ? 'connection' : 'request'}`);
  return EVIDENCE.ok(about, `no start in the last day; ${told.join(', ')}`);
}

function undetermined(about: string, hop: Plane, config: string): Line {
  const says = `${hop} tells the connection; it asks for the request, so every start is undetermined`;
  const mend = `${REQUESTS[hop]}; or \`grade: connection\` in ${config.replaceAll(/[^A-Za-z0-9_./-]/g, '_')}`;
  return EVIDENCE.found('connections-only', about, says, mend);
}
