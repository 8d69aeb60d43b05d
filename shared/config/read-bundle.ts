/** The files of a bundle: jobtrail.yaml, and beside it `policies/` and `rules/`. Read at start by the edges. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { JobtrailError, messageOf } from '../errors.ts';
import type { PolicyFile } from '../policy/policy-files.ts';
import { parseBundle, type Bundle, type BundleTexts } from './bundle.ts';

const CONFIG = 'jobtrail.yaml';
/** Files of one bundle, and bytes of one file. */
const MAX_FILES = 1000;
const MAX_BYTES = 4_000_000;

/**
 * @param path of jobtrail.yaml, or of the folder that it is in; absent: the defaults, no policies
 * @param checked as in parseBundle
 * @throws JobtrailError `file-unreadable`, or `config-invalid` with every problem of every file
 */
export function readBundle(path: string | undefined, checked?: string): Bundle {
  return parseBundle(path === undefined ? EMPTY : readBundleTexts(path), checked);
}

const EMPTY: BundleTexts = { config: { name: CONFIG, text: '' }, policies: [], rules: [] };

/** Names are relative to the folder, so that a bundle is the same wherever it was checked out. */
export function readBundleTexts(path: string): BundleTexts {
  const file = isFolder(path) ? join(path, CONFIG) : path;
  const folder = dirname(file);
  const found = (pattern: string): readonly PolicyFile[] => {
    const names = globSync(pattern, { cwd: folder }).toSorted();
    if (names.length > MAX_FILES) {
      throw unreadable(
        join(folder, pattern),
        `there are ${names.length} files, at most ${MAX_FILES} are read`,
      );
    }
    return names.map((name) => readText(folder, join(folder, name)));
  };
  return {
    config: readText(folder, file),
    policies: found('policies/**/*.cedar'),
    rules: found('rules/**/*.{yaml,yml}'),
  };
}

/** Cases of policies, `policies/tests/*.yaml`: no part of the bundle. */
export function readCaseFiles(path: string): readonly PolicyFile[] {
  const folder = isFolder(path) ? path : dirname(path);
  const names = globSync('policies/tests/**/*.{yaml,yml}', { cwd: folder }).toSorted();
  return names.map((name) => readText(folder, join(folder, name)));
}

function readText(folder: string, file: string): PolicyFile {
  const name = relative(folder, file).split(sep).join('/');
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, at most ${MAX_BYTES} are read`);
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    throw unreadable(file, messageOf(error), error);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
}

const unreadable = (file: string, reason: string, cause?: unknown): JobtrailError =>
  new JobtrailError(
    'file-unreadable',
    `${file} cannot be read: ${reason}.`,
    'Name jobtrail.yaml, or the folder that it is in; policies are in policies/ beside it, rules in rules/.',
    { cause },
  );
