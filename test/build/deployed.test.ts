/**
 * A zip as the platform runs it: unpacked outside the checkout, with the packages of its lockfile and no other, started by
 * its own start script's command. One push is answered and stored.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { emulatorEnvironment, freePort } from '../../cli/emulators.ts';
import { companyConfig } from '../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../cli/day/declared/policies.ts';
import { makeBundle } from '../../scripts/build/bundle.ts';
import { readConfiguration } from '../../scripts/build/configuration.ts';
import { writeBundle } from '../../scripts/build/write.ts';
import { openStore } from '../../shared/store/open.ts';
import { post, pushed } from '../functions/service.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { factsOf } from '../pipeline/facts.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { install, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
/** Of a job: policies decide it. */
const SUBMISSION =
  DAY.find(({ subscription, data }) => subscription === 'dataproc' && data.includes('.SubmitJob"'))?.data ??
  '';
const START_MS = 60_000;
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

describeWithEmulators('a deployed zip', ['spanner'], (hosts) => {
  it('starts and stores what is pushed, under the configuration in it', { timeout: 120_000 }, async () => {
    const organisation = join(folder, 'organisation');
    mkdirSync(organisation);
    mkdirSync(join(organisation, 'policies'));
    writeFileSync(join(organisation, 'jobtrail.yaml'), JSON.stringify(companyConfig));
    for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(organisation, name), text);
    const configuration = readConfiguration(organisation);
    const bundle = await makeBundle('functions/dataproc/index.ts', 'dataproc', configuration);
    const place = join(folder, 'workspace');
    install(writeBundle(bundle, join(folder, 'out')).zip, place);

    const spec = await freshSpannerDatabase(hosts.spanner());
    const port = await freePort();
    const running = {
      name: 'spanner',
      host: hosts.spanner(),
      startedHere: false,
      stop: () => Promise.resolve(),
    } as const;
    const { JOBTRAIL_CONFIG: _, ...base } = process.env;
    let printed = '';
    child = spawn(
      process.execPath,
      [
        '--preserve-symlinks',
        '--preserve-symlinks-main',
        'node_modules/@google-cloud/functions-framework/build/src/main.js',
        '--target=dataproc',
        '--signature-type=http',
      ],
      {
        cwd: place,
        env: { ...base, ...emulatorEnvironment([running]), JOBTRAIL_STORE: spec, PORT: String(port) },
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => (printed += String(text)));

    const url = `http://127.0.0.1:${port}/`;
    const deadline = Date.now() + START_MS;
    while (
      !(await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it does not start:\n${printed}`);
      await sleep(50);
    }
    const { status } = await post(url, pushed({ data: SUBMISSION }));
    expect(status, printed).toBe(204);
    const store = await openStore(spec, { emulatorHost: hosts.spanner() });
    try {
      const { Events } = await factsOf(store);
      expect(Events).toHaveLength(1);
      // By Cedar, which is loaded with the first policy.
      expect(Events[0]?.['PolicyDigest']).toBe(configuration.digest);
      expect(Events[0]?.['Decision']).toEqual(expect.any(String));
      const kept = await Array.fromAsync(store.scan('Bundles'));
      expect(kept.map((row) => row['Digest'])).toEqual([configuration.digest]);
    } finally {
      await store.close();
    }
  });
});
