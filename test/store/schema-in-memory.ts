/**
 * A database in memory as Spanner changes its schema: a batch is an operation with a name, which takes effect statement by
 * statement while somebody looks, goes on when the program that began it is gone, and keeps what it did where it is refused.
 */
import type { ChangeState } from '../../shared/store/spanner/migrate-changes.ts';
import { effectOf, type Present, type Recorded } from '../../shared/store/spanner/migrate-plan.ts';
import type { SchemaDatabase } from '../../shared/store/spanner/migrate.ts';

interface Operation {
  readonly statements: readonly string[];
  applied: number;
  failure: string | undefined;
}

const refusal = (code: number, message: string): Error => Object.assign(new Error(message), { code });

export class SchemaInMemory {
  /** Statements that took effect, in order. */
  readonly log: string[] = [];
  readonly rows: Recorded[] = [];
  readonly operations = new Map<string, Operation>();
  roles = false;
  /** Why a statement is refused; undefined: it is not. */
  refuses: (statement: string) => string | undefined = () => undefined;
  readonly #tables = new Map<string, Set<string>>();
  readonly #sets = { view: new Set<string>(), index: new Set<string>(), role: new Set<string>() };

  present(): Present {
    return {
      tables: new Map([...this.#tables].map(([name, columns]) => [name, new Set(columns)])),
      views: new Set(this.#sets.view),
      indexes: new Set(this.#sets.index),
      roles: new Set(this.#sets.role),
    };
  }

  /** One statement of the operation that is at work, if any is. */
  advance(): void {
    const operation = [...this.operations.values()].find(isRunning);
    if (operation === undefined) return;
    const statement = operation.statements[operation.applied];
    if (statement === undefined) return;
    operation.failure = this.#apply(statement);
    if (operation.failure === undefined) operation.applied += 1;
  }

  #apply(statement: string): string | undefined {
    const refused = this.refuses(statement);
    if (refused !== undefined) return refused;
    const effect = effectOf(statement);
    switch (effect.kind) {
      case 'table':
        if (this.#tables.has(effect.name)) return `Duplicate name in schema: ${effect.name}.`;
        this.#tables.set(effect.name, new Set(effect.columns));
        break;
      case 'column':
        if (this.#tables.get(effect.table)?.has(effect.name) === true) return 'Duplicate column.';
        this.#tables.get(effect.table)?.add(effect.name);
        break;
      case 'dropped':
        if (!this.#sets.index.delete(effect.name)) return `Index not found: ${effect.name}.`;
        break;
      case 'again':
        break;
      case 'view':
      case 'index':
      case 'role':
        if (this.#sets[effect.kind].has(effect.name)) return `Duplicate name in schema: ${effect.name}.`;
        this.#sets[effect.kind].add(effect.name);
        break;
      default:
        return effect satisfies never;
    }
    this.log.push(statement);
    return undefined;
  }

  /** By somebody else. */
  begin(id: string, statements: readonly string[]): void {
    if (this.operations.has(id)) throw refusal(6, `Operation already exists: ${id}`);
    this.operations.set(id, { statements: [...statements], applied: 0, failure: undefined });
  }

  stateOf(name: string): ChangeState {
    const operation = this.operations.get(name);
    if (operation === undefined) return { kind: 'unknown' };
    const { statements, applied, failure } = operation;
    if (failure !== undefined)
      return { kind: 'failed', applied, status: failure.includes('not found') ? 5 : 9, message: failure };
    if (applied === statements.length) return { kind: 'done' };
    return { kind: 'running', statements, applied, percent: 50, throttled: false };
  }

  /**
   * As a program has it open.
   * @param onCall before each call; what it throws or waits for befalls the program and not the database
   */
  open(onCall: (call: string) => void | Promise<void> = () => undefined): SchemaDatabase {
    const call = async <T>(name: string, answer: () => T): Promise<T> => {
      await onCall(name);
      this.advance();
      return answer();
    };
    return {
      recorded: () => call('recorded', () => [...this.rows]),
      present: () => call('present', () => this.present()),
      hasRoles: () => call('hasRoles', () => this.roles),
      record: (row) =>
        call('record', () => {
          if (!this.rows.some(({ name }) => name === row.name)) this.rows.push({ ...row });
        }),
      changes: {
        nameOf: (id) => id,
        underWay: () =>
          call('underWay', () =>
            [...this.operations].flatMap(([name, one]) => (isRunning(one) ? [name] : [])),
          ),
        begin: (id, statements) => call('begin', () => this.begin(id, statements)),
        state: (name) => call('state', () => this.stateOf(name)),
      },
    };
  }
}

const isRunning = ({ statements, applied, failure }: Operation): boolean =>
  failure === undefined && applied < statements.length;
