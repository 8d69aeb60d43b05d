// Makes `npm start` and `npm test` work as the only command typed on a fresh clone: installs what the lockfile
// names when it is not there yet. Runs on whatever Node the machine has, so it is plain JavaScript without imports
// from the project.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** True when node_modules holds what package-lock.json names: npm leaves its own copy of the lock there. */
function installed() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const want = JSON.parse(read(join(root, 'package-lock.json'))).packages;
  const have = JSON.parse(read(hidden)).packages;
  return Object.entries(want).every(
    ([path, meta]) => path === '' || meta.optional || have[path]?.version === meta.version,
  );
}

if (!installed()) {
  console.error('jobtrail: installing dependencies (npm ci); this happens once');
  const npm = process.env.npm_execpath;
  const run = npm
    ? spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
    : spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        shell: process.platform === 'win32',
      });
  if (run.status !== 0) {
    console.error(
      'jobtrail: `npm ci` failed; see the lines above. Run it by hand once it can reach the registry.',
    );
    process.exit(run.status ?? 1);
  }
}
