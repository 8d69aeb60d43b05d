/** Typed reads from JSON that nobody vouches for. Own properties only, so `__proto__` and friends read as absent. */
import type { LogEntry } from '../../schemas/log-entry.ts';
import { createMemo } from '../identity/memo.ts';

export type Json = Readonly<Record<string, unknown>>;

/**
 * What an object of parsed JSON has under a key of its own. Asked first whether there is one: most keys that are asked for
 * are absent, and a plain read of those goes through V8's inline caches, which entries of many shapes overflow.
 */
export function own(object: Json | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Non-empty string, else undefined. */
export function str(object: Json | undefined, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number, or a string of digits as proto3 JSON writes int64. */
export function num(object: Json | undefined, key: string): number | undefined {
  const value = own(object, key);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string' || value === '' || value.length > 20) return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function obj(object: Json | undefined, key: string): Json | undefined {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
}

export function list(object: Json | undefined, key: string): readonly unknown[] {
  const value = own(object, key);
  return Array.isArray(value) ? value : [];
}

export function strings(object: Json | undefined, key: string): readonly string[] {
  return list(object, key).filter((item) => typeof item === 'string');
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const label = (entry: LogEntry, key: string): string | undefined => str(entry.labels, key);
export const resourceLabel = (entry: LogEntry, key: string): string | undefined =>
  str(entry.resource?.labels, key);

/** Names of logs repeat, and every source asks for the id of the same entry, several times. */
const LOGS = 1000;
const knownLogs = createMemo<string>(LOGS);
let last: { readonly name: string; readonly id: string } = { name: '', id: '' };

/** The LOG_ID after `/logs/`, decoded (`cloudaudit.googleapis.com/activity`); undefined without a log name. */
export function logId(entry: LogEntry): string | undefined {
  const name = entry.logName;
  if (name === undefined) return undefined;
  if (last.name !== name) last = { name, id: knownLogs(name, () => logIdOf(name)) };
  return last.id === '' ? undefined : last.id;
}

function logIdOf(name: string): string {
  const at = name.indexOf('/logs/');
  if (at < 0) return '';
  const id = name.slice(at + 6);
  return id.includes('%') ? id.replaceAll('%2F', '/').replaceAll('%2f', '/') : id;
}

/** The container of the log: `projects/P` → P; undefined for folders, organisations and billing accounts. */
export function logProject(entry: LogEntry): string | undefined {
  const name = entry.logName;
  if (name === undefined || !name.startsWith('projects/')) return undefined;
  const end = name.indexOf('/', 9);
  return end > 9 ? name.slice(9, end) : undefined;
}
