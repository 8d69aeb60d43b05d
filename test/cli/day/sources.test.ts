import { describe, expect, it } from 'vitest';
import { SUBSCRIPTIONS } from '../../../cli/day/entry.ts';
import { decodeEntry } from '../../../shared/envelope/entry.ts';
import { ordinals } from '../../../shared/envelope/event-id.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { SOURCES } from '../../../shared/sources/index.ts';
import { day } from './told.ts';

/** As the functions decode it: a file's lines one by one, a record by the source of its subscription. */
const told = day
  .filter(({ category }) => category !== 'broken')
  .flatMap(({ category, subscription, data, file }) => {
    const of = SOURCES.find(({ name }) => name === subscription);
    const texts = file === undefined ? [data] : file.text.split('\n').filter((line) => line !== '');
    return texts
      .flatMap((text) =>
        decodeEntry(Buffer.from(text), {
          ordinalOf: ordinals(),
          adopt: (record) => of?.adopt?.(record),
        }),
      )
      .map((decoded) => {
        if (decoded.kind !== 'entry') throw new Error(`${category}: ${decoded.reason}`);
        const owner = SOURCES.find((candidate) => candidate.owns(decoded.entry));
        const result = owner?.normalise(decoded.entry);
        return { category, subscription, owner: owner?.name, result, data };
      });
  });
const events = told.flatMap(({ result }) => (result?.kind === 'event' ? [result.event] : []));

const uses = (event: AuditEventDraft, op: 'read' | 'write'): readonly string[] =>
  (event.datasets ?? []).filter((use) => use.op === op).map(({ dataset }) => dataset);

/** Data sets from which a data set was made, one job back. */
function sourcesOf(dataset: string): readonly string[] {
  return events
    .filter((event) => uses(event, 'write').includes(dataset))
    .flatMap((event) => uses(event, 'read'));
}

describe('the day as the sources read it', () => {
  it('belongs to the source of its subscription, but for what is meant not to', () => {
    const strays = told.filter(({ owner, subscription }) => owner !== subscription);
    const byCanary = strays.filter(({ owner }) => owner === 'canary');
    const published: ReadonlySet<string> = new Set(['canary', 'redelivered', 'second-sink']);
    expect(byCanary.every(({ category }) => published.has(category))).toBe(true);
    expect(byCanary.length).toBeGreaterThan(50);
    const others = strays.filter(({ owner }) => owner !== 'canary');
    expect(others.length).toBeGreaterThan(0);
    // A copy of one is one.
    const unowned = new Set(day.flatMap(({ category, data }) => (category === 'unowned' ? [data] : [])));
    expect(others.every(({ data }) => unowned.has(data))).toBe(true);
  });

  it('has no entry that a source refuses', () => {
    expect(told.filter(({ result }) => result?.kind === 'refused')).toEqual([]);
  });

  it('has the methods that are not known and no others', () => {
    const unknown = told.flatMap(({ result }) =>
      result?.kind === 'event' ? (result.unknownMethod ?? []) : [],
    );
    expect([...new Set(unknown)].toSorted()).toEqual([
      'google.cloud.dataproc.v1.JobController.SimulateJob',
      'google.iam.admin.v1.RotateServiceAccountTrust',
      'jobs.simulateRun',
    ]);
  });

  it('has events of every source', () => {
    const having = new Set(told.flatMap(({ owner, result }) => (result?.kind === 'event' ? [owner] : [])));
    expect(SUBSCRIPTIONS.filter((name) => !having.has(name))).toEqual([]);
  });

  it('has jobs that are refused, fail, are cancelled and finish, and what else a platform does', () => {
    const seen = new Set(events.map(({ action, outcome }) => `${action} ${outcome}`));
    const wanted = [
      'job.submit allowed',
      'job.submit denied',
      'job.finish allowed',
      'job.finish failed',
      'job.cancel allowed',
      'job.delete denied',
      'api.call denied',
      'cluster.create failed',
      'session.create allowed',
      'workflow.run allowed',
      'iam.change allowed',
      'credential.inject allowed',
      'credential.mint allowed',
      'credential.mint denied',
      'credential.create allowed',
      'grant.request allowed',
      'grant.approve allowed',
      'grant.deny allowed',
      'grant.activate allowed',
      'grant.revoke allowed',
      'policy.change allowed',
      'log.change allowed',
      'data.read allowed',
      'data.read denied',
      'data.write allowed',
      'data.write failed',
      'data.share allowed',
      'secret.read allowed',
      'secret.read denied',
      'model.register allowed',
      'model.deploy allowed',
      'login denied',
      'deploy allowed',
      'exec.interactive denied',
    ];
    expect(wanted.filter((pair) => !seen.has(pair))).toEqual([]);
  });

  it('leads from the partner exchange back to the landing bucket in six hops', () => {
    let here: readonly string[] = ['gs://acme-partner-exchange/churn'];
    const path: (readonly string[])[] = [];
    for (let hop = 0; hop < 6; hop += 1) {
      here = [...new Set(here.flatMap((dataset) => sourcesOf(dataset)))];
      path.push(here);
    }
    expect(path[0]).toEqual([
      'gs://acme-models/churn/training-set',
      // Of the push at the end of the day only lineage and BigQuery tell that it read this.
      'bigquery:acme-data-prod.share.agreements',
    ]);
    expect(path[3]).toContain('bigquery:acme-data-prod.sales.orders');
    expect(path[5]).toContain('gs://acme-landing/orders');
  });
});
