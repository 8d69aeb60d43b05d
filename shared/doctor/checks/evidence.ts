/** What mesh and gateway really write: whether records name who called, and whether they tell a request or a connection. */
import type { RequiredEvidence } from '../../../schemas/corroboration.ts';
import { type CheckText, type Line, teller } from '../line.ts';

export const EVIDENCE: CheckText = {
  name: 'evidence',
  looksAt:
    'records of mesh and gateway of the last day in the store: identity and grade of each path, against what `corroboration.evidence` asks for',
  wrongWhen:
    'no record of a hop that is required, half of the records name nobody, only connections are recorded where requests are asked for, or records come from a project that is not in `meshProjects`',
  warnsWhen: 'more than one record of a hundred names nobody',
};

/** Records of one path, counted. */
export interface RecordedPath {
  /** `istio/CLUSTER/REPORTER` or `kong/CLUSTER`. */
  readonly path: string;
  readonly records: number;
  /** That name who called. */
  readonly named: number;
  /** That tell a request, not only the connection it was in. */
  readonly requests: number;
}

const tell = teller(EVIDENCE);
const HOP = { istio: 'mesh', kong: 'gateway' } as const;
const TELEMETRY = {
  mesh: 'istioctl install --set meshConfig.accessLogEncoding=JSON -f accesslog.yaml # accessLogFormat of docs/sources/istio.md',
  gateway: 'deck gateway sync kong.yaml # http-log or file-log with the fields of docs/sources/kong.md',
};

export function checkEvidence(
  paths: readonly RecordedPath[],
  required: readonly RequiredEvidence[],
  config: string,
): readonly Line[] {
  const asking = required.filter(({ require }) => require.length > 0);
  const lines = [
    ...paths.map((path) => ofPath(path, config)),
    ...asking.map((entry) => ofEntry(entry, paths, config)),
  ];
  return lines.length > 0 ? lines : [tell.ok('mesh and gateway', 'none is required, and none records')];
}

const isUndeclared = ({ path }: RecordedPath): boolean => path.endsWith('/(undeclared)');

function ofPath(recorded: RecordedPath, config: string): Line {
  const { path, records, named, requests } = recorded;
  if (isUndeclared(recorded)) {
    const says = `${records} records of projects that are not in meshProjects: anybody could have written them, and they prove nothing`;
    const mend = `npx jobtrail policy check ${config} # after adding the project to meshProjects`;
    return tell.wrong(path, says, mend);
  }
  const share = named / records;
  const grade = requests === records ? 'request' : requests === 0 ? 'connection' : 'request and connection';
  const says = `${Math.round(share * 100)} % of ${records} records name who called; grade ${grade}`;
  const mend = TELEMETRY[hopOf(path)];
  if (share < 0.5) return tell.wrong(path, says, mend);
  return share < 0.99 ? tell.warning(path, says, mend) : tell.ok(path, says);
}

/** Of which grade the evidence is that one entry of the configuration asks of job starts. */
function ofEntry(entry: RequiredEvidence, paths: readonly RecordedPath[], config: string): Line {
  const { id, require, grade, engines = ['dataproc', 'dataflow', 'databricks'] } = entry;
  const about = `${id} (${engines.join(', ')})`;
  const grades = require.map((hop) => {
    const ours = paths.filter((path) => hopOf(path.path) === hop && !isUndeclared(path));
    if (ours.length === 0) return { hop, told: undefined };
    return { hop, told: ours.some(({ requests }) => requests > 0) ? 'request' : 'connection' } as const;
  });
  const absent = grades.find(({ told }) => told === undefined);
  if (absent !== undefined) {
    const says = `asks for a record of the ${absent.hop}, and none that counts came in the last day`;
    return tell.wrong(about, says, TELEMETRY[absent.hop]);
  }
  const told = grades.map((one) => `${one.hop} tells the ${one.told}`).join(', ');
  if (grade === 'request' && grades.some((one) => one.told === 'connection')) {
    const says = `${told}; it asks for the request, so every start is undetermined`;
    const mend = `npx jobtrail policy check ${config} # after \`grade: connection\`, or TLS ended at the hop`;
    return tell.wrong(about, says, mend);
  }
  return tell.ok(about, told);
}

const hopOf = (path: string): 'mesh' | 'gateway' => (path.startsWith('istio/') ? HOP.istio : HOP.kong);
