#!/usr/bin/env node
// The `jobtrail` command. A machine may have an older Node than the project needs, so this file is plain JavaScript:
// it installs what is missing, then hands over to the Node 24 that the project brings through npm.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  const ensured = spawnSync(process.execPath, [join(root, 'scripts', 'ensure.mjs')], { stdio: 'inherit' });
  if (ensured.status !== 0) process.exit(ensured.status ?? 1);
}

if (major >= 24) {
  // node:sqlite announces itself as experimental on every start; operators need not read that.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`);
  });
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const brought = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(brought)) {
    console.error(
      `jobtrail needs Node 24; this is ${process.versions.node} and npm has none for this platform.`,
    );
    console.error('Install Node 24 or newer and run the command again.');
    process.exit(1);
  }
  const run = spawnSync(brought, process.argv.slice(1), {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exit(run.status ?? 1);
}
