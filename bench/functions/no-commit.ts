/** The function istio with the commit left out: everything up to the rows, and a store that takes them and forgets. */
import { http } from '@google-cloud/functions-framework';
import { createHandler } from '../../functions/runtime/handler.ts';
import { PLATFORM_AUTH } from '../../functions/runtime/push-auth.ts';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { SILENT } from '../../shared/observe/log.ts';
import type { GroupCommitter } from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { createClock } from '../../shared/store/timestamp.ts';
import { istio } from '../../shared/sources/istio/index.ts';

const forget: GroupCommitter = {
  enqueue: (items, _bytes, settled) =>
    settled(
      undefined,
      items.map(() => 'stored' as const),
    ),
  submit: (items) => Promise.resolve(items.map(() => 'stored' as const)),
  submitAlone: (items) => Promise.resolve(items.map(() => 'stored' as const)),
  idle: () => Promise.resolve(),
};

const ingest = Promise.resolve({
  source: istio,
  preparer: createPreparer({ sources: [istio], loaded: EMPTY_CONFIG }),
  committer: forget,
  now: createClock(Date.now),
  attempts: DEFAULT_ATTEMPTS,
});

http(
  'nocommit',
  createHandler({ ingest: () => ingest, auth: PLATFORM_AUTH, logger: SILENT, project: undefined }),
);
