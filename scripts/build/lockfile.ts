/**
 * The part of package-lock.json that a function needs: what its own dependencies lead to, at the same places in the tree
 * and so at the same versions. `npm ci` installs it as it stands.
 */
import * as z from 'zod';

const Names = z.record(z.string(), z.string());

const Entry = z.looseObject({
  version: z.string().optional(),
  dependencies: Names.optional(),
  optionalDependencies: Names.optional(),
  peerDependencies: Names.optional(),
});
type Entry = z.infer<typeof Entry>;

export const Lockfile = z.looseObject({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), Entry),
});
export type Lockfile = z.infer<typeof Lockfile>;

export interface RootPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/** Said of a package that only development leads to; none of those is left. */
const OF_DEVELOPMENT = new Set(['dev', 'devOptional']);

/** @throws Error where the lockfile lacks a package that is needed: it is not up to date. */
export function pruneLockfile({ packages }: Lockfile, root: RootPackage): Lockfile {
  const kept = new Map<string, Entry>();
  const open: string[] = [];
  const keep = (name: string, from: string, required: boolean): void => {
    const path = resolve(packages, name, from);
    if (path === undefined && required) {
      throw new Error(`package-lock.json has no ${name} for ${from === '' ? root.name : from}`);
    }
    const entry = path === undefined ? undefined : packages[path];
    if (path === undefined || entry === undefined || kept.has(path)) return;
    kept.set(path, entry);
    open.push(path);
  };
  for (const name of Object.keys(root.dependencies)) keep(name, '', true);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = kept.get(path) ?? {};
    for (const name of Object.keys(dependencies)) keep(name, path, !(name in optionalDependencies));
    // Of the platforms' packages all are kept: the one that fits is chosen where it is installed.
    for (const name of Object.keys({ ...optionalDependencies, ...peerDependencies })) keep(name, path, false);
  }
  const entries = [...kept]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, entry]) => [
      path,
      Object.fromEntries(Object.entries(entry).filter(([key]) => !OF_DEVELOPMENT.has(key))),
    ]);
  return {
    name: root.name,
    version: root.version,
    lockfileVersion: 3,
    requires: true,
    packages: { '': { ...root }, ...Object.fromEntries(entries) },
  };
}

/** As Node does: beside the one that asks, then further and further up. */
function resolve(packages: Lockfile['packages'], name: string, from: string): string | undefined {
  for (let place = from; ; place = place.slice(0, Math.max(place.lastIndexOf('/node_modules/'), 0))) {
    const path = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (place === '') return undefined;
  }
}
