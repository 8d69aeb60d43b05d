/** A deployment whose functions and commands reach Spanner by their database roles, on an emulator that has none. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { companyConfig } from '../../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../../cli/day/declared/policies.ts';
import { createDeliverService, type DeliverService } from '../../../functions/deliver/service.ts';
import { openCore } from '../../../functions/runtime/core.ts';
import type { TableName } from '../../../schemas/tables.ts';
import { createDeliverer } from '../../../shared/alerts/deliver.ts';
import { describeRules } from '../../../shared/alerts/describe.ts';
import type { Channel } from '../../../shared/alerts/notice.ts';
import { withFallback } from '../../../shared/alerts/routes.ts';
import { readBundle } from '../../../shared/config/read-bundle.ts';
import { SILENT } from '../../../shared/observe/log.ts';
import { createGroupCommitter } from '../../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, ingestPush } from '../../../shared/pipeline/ingest.ts';
import { canariesOf } from '../../../shared/sources/canary/index.ts';
import { openStore, parseStoreSpec } from '../../../shared/store/open.ts';
import { createClient, openDatabase } from '../../../shared/store/spanner/client.ts';
import { fromClientRow } from '../../../shared/store/spanner/values.ts';
import type { Store } from '../../../shared/store/store.ts';
import { timestampOf } from '../../../shared/store/timestamp.ts';
import { sourceNamed, type Delivery } from '../../pipeline/deliveries.ts';
import { freshSpannerDatabase } from '../../support/emulators.ts';
import { runHere } from '../../support/jobtrail.ts';
import { enforceRoles, type Enforced } from './enforced.ts';

export const now = (): string => timestampOf(new Date());

export class Deployment {
  readonly enforced: Enforced;
  /** Of jobtrail.yaml and policies/. */
  readonly folder: string;
  readonly #emulator: string;
  readonly #spec: string;
  readonly #stores: Store[] = [];

  private constructor(emulator: string, enforced: Enforced, spec: string, folder: string) {
    this.#emulator = emulator;
    this.enforced = enforced;
    this.#spec = spec;
    this.folder = folder;
  }

  static async open(emulator: string): Promise<Deployment> {
    const folder = mkdtempSync(join(tmpdir(), 'jobtrail-roles-'));
    writeFileSync(join(folder, 'jobtrail.yaml'), JSON.stringify(companyConfig));
    mkdirSync(join(folder, 'policies'));
    for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(folder, name), text);
    const spec = await freshSpannerDatabase(emulator);
    return new Deployment(emulator, await enforceRoles(emulator), spec, folder);
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.enforced.close();
    rmSync(this.folder, { recursive: true });
  }

  /** The store by one role of it. */
  as(role: string, of = this.#spec): string {
    return `${of}/databaseRoles/${role}`;
  }

  async store(role: string): Promise<Store> {
    const store = await openStore(this.as(role), { emulatorHost: this.enforced.host });
    this.#stores.push(store);
    return store;
  }

  /** A folder of other texts, and so another bundle. */
  folderWith(rawLimit: number): string {
    const other = join(this.folder, `limit-${rawLimit}`);
    mkdirSync(other);
    writeFileSync(join(other, 'jobtrail.yaml'), JSON.stringify({ ...companyConfig, rawLimit }));
    return other;
  }

  /** As each source's function takes what is pushed to it. */
  async ingest(messages: readonly Delivery[], store = this.as('jobtrail_ingest')): Promise<void> {
    const opened = await openStore(store, { emulatorHost: this.enforced.host });
    this.#stores.push(opened);
    for (const [subscription, own] of Map.groupBy(messages, (message) => message.subscription)) {
      const source = sourceNamed(subscription);
      const core = { store: opened.bundles, bundle: readBundle(this.folder), logger: SILENT };
      const { preparerOf, ready, now: clock } = await openCore(core);
      const preparer = preparerOf([source], [canariesOf(source.name)]);
      const committer = createGroupCommitter({ store: opened, preparer, path: 'push', now: clock });
      const ingest = { source, preparer, committer, now: clock, ready, attempts: DEFAULT_ATTEMPTS };
      const bodies = own.map(({ data }) => ({ message: { data: Buffer.from(data).toString('base64') } }));
      await Promise.all(bodies.map((body) => ingestPush(ingest, body, {})));
    }
  }

  /** `deliver`, with channels that take everything. */
  async deliver(): Promise<DeliverService> {
    const { alerts: store } = await this.store('jobtrail_alerts');
    const { config, detections } = readBundle(this.folder);
    const channels = new Map<string, Channel>(
      [...Object.keys(config.channels), 'log'].map((name) => [
        name,
        { name, kind: 'log', send: () => Promise.resolve({ kind: 'sent', ref: undefined }) },
      ]),
    );
    const deliverer = createDeliverer({
      store,
      channels,
      alerting: withFallback(config),
      describe: describeRules(detections),
      now,
      newLease: randomUUID,
      logger: SILENT,
    });
    return createDeliverService({ store, deliverer, now, logger: SILENT });
  }

  /** @throws Error with what it said, for a command that fails */
  async command(...args: string[]): Promise<string> {
    const environment = { SPANNER_EMULATOR_HOST: this.enforced.host, USER: 'ana' };
    const { code, out, err } = await runHere(args, environment, 200);
    if (code !== 0) throw new Error(`${args.slice(0, 3).join(' ')}: ${code}, ${err}`);
    return out;
  }

  /** As an administrator, whom no role restricts. */
  async administer<T>(
    use: (database: ReturnType<typeof openDatabase>) => Promise<T>,
    of = this.#spec,
  ): Promise<T> {
    const parsed = parseStoreSpec(of);
    if (parsed.kind !== 'spanner') throw new Error('a Spanner database');
    const client = await createClient(parsed.project, this.#emulator);
    const database = openDatabase(client, parsed);
    try {
      return await use(database);
    } finally {
      await database.close();
      await client.close();
    }
  }

  /** The first column of the first row. */
  valueOf(sql: string, of = this.#spec): Promise<string> {
    return this.administer(async (database) => {
      const [rows] = await database.run(sql);
      // A row of the client is an array of fields.
      return String(Object.values(fromClientRow(rows[0]))[0]);
    }, of);
  }

  async count(table: TableName): Promise<number> {
    return Number(await this.valueOf(`SELECT COUNT(*) FROM ${table}`));
  }

  async removeRows(table: TableName): Promise<void> {
    await this.administer((database) =>
      database.runPartitionedUpdate({ sql: `DELETE FROM ${table} WHERE TRUE` }),
    );
  }
}
