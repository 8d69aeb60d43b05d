import { describe, expect, it } from 'vitest';
import { Agent, Binding, Config, Issuer, RETENTION_CLASSES } from '../../schemas/config.ts';
import {
  Corroboration,
  DeclaredCanary,
  DeclaredJob,
  DeclaredPath,
  RequiredApproval,
  RequiredEvidence,
  Thresholds,
} from '../../schemas/corroboration.ts';
import { CrossEnvironment, Credential, DatasetLabel, Exemption, Lane } from '../../schemas/declared.ts';
import { createKeyring, fetchesNothing } from '../../shared/attest/keys.ts';
import { parseBundle } from '../../shared/config/bundle.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { createIdentifier } from '../../shared/identity/identify.ts';
import { codes, fences, readPage, tableRows } from './page.ts';

const NOTHING = { policies: [], rules: [] };
const page = readPage('configuration.md');
const [example = ''] = fences(page, 'yaml');

describe('docs/configuration.md', () => {
  it('has an example that is accepted, bindings and all', () => {
    const { config, environmentOf } = parseConfig(example, 'jobtrail.yaml');
    expect(() => createIdentifier({ bindings: config.bindings, agents: config.agents })).not.toThrow();
    expect(createKeyring(config.issuers, fetchesNothing).size).toBe(2);
    expect(environmentOf.get('123456789012')).toBe('prod');
  });

  it('resolves as its comments say', () => {
    const { config } = parseConfig(example, 'jobtrail.yaml');
    const identifier = createIdentifier({ bindings: config.bindings, agents: config.agents });
    const driver = {
      caller: { kind: 'spiffe', uri: 'spiffe://shop-prod.svc.id.goog/ns/spark/sa/driver' },
    } as const;
    const bound = identifier.identify(driver, '2026-01-01T00:00:00.000000000Z').actor;
    expect(bound?.principal.id).toBe('service-account:google:etl@shop-prod.iam.gserviceaccount.com');
    expect(bound?.bindings).toEqual(['spark-driver']);
    const later = identifier.identify(driver, '2026-07-01T00:00:00.000000000Z').actor;
    expect(later?.bindings).toEqual([]);
  });

  it('shows every key in the example', () => {
    const { config } = parseConfig(example, 'jobtrail.yaml');
    const top = example.split('\n').flatMap((line) => /^(\w+):/.exec(line)?.[1] ?? []);
    expect(top.toSorted()).toEqual(Object.keys(Config.shape).toSorted());
    expect(Object.keys(config.retentionDays).toSorted()).toEqual(RETENTION_CLASSES.toSorted());
    const [binding] = config.bindings;
    expect(Object.keys(binding ?? {}).toSorted()).toEqual(Object.keys(Binding.shape).toSorted());
  });

  it('shows every key of what is declared, and declares what holds together', () => {
    const { config } = parseBundle({ ...NOTHING, config: { name: 'jobtrail.yaml', text: example } });
    const shown = (one: object | undefined): string[] => Object.keys(one ?? {}).toSorted();
    expect(shown(config.lanes['reports'])).toEqual(Object.keys(Lane.shape).toSorted());
    expect(shown(config.datasets[0])).toEqual(Object.keys(DatasetLabel.shape).toSorted());
    expect(shown(config.crossEnvironment[0])).toEqual(Object.keys(CrossEnvironment.shape).toSorted());
    expect(shown(config.exemptions[0])).toEqual(Object.keys(Exemption.shape).toSorted());
    const { corroboration } = config;
    expect(shown(corroboration)).toEqual(Object.keys(Corroboration.shape).toSorted());
    expect(shown(corroboration.evidence[0])).toEqual(Object.keys(RequiredEvidence.shape).toSorted());
    expect(shown(corroboration.approvals[0])).toEqual(Object.keys(RequiredApproval.shape).toSorted());
    expect(shown(corroboration.jobs[0])).toEqual(Object.keys(DeclaredJob.shape).toSorted());
    expect(shown(corroboration.paths[0])).toEqual(Object.keys(DeclaredPath.shape).toSorted());
    expect(shown(corroboration.canaries[0])).toEqual(Object.keys(DeclaredCanary.shape).toSorted());
    expect(corroboration.thresholds).toEqual(Thresholds.parse({}));
    expect(shown(config.credentials[0])).toEqual(Object.keys(Credential.shape).toSorted());
  });

  it('lists every key and class', () => {
    const listed = tableRows(page).flatMap(([key]) => codes(key ?? ''));
    const shapes = [
      Config,
      Binding,
      Agent,
      Issuer,
      Corroboration,
      RequiredEvidence,
      RequiredApproval,
      DeclaredJob,
    ];
    const keys = [...shapes, DeclaredPath, DeclaredCanary, Thresholds].flatMap(({ shape }) =>
      Object.keys(shape),
    );
    expect(listed.toSorted()).toEqual([...keys, ...RETENTION_CLASSES].toSorted());
  });
});
