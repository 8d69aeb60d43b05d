/** The publisher of findings, for instances most of which never have one. */
import type { Logger } from '../../shared/observe/log.ts';
import type { PublishFindings } from './findings-topic.ts';

/** The client is loaded with the first finding: most instances never have one. */
export function lazyPublisher(topic: string | undefined, logger: Logger): PublishFindings | undefined {
  if (topic === undefined) return undefined;
  let publisher: Promise<PublishFindings> | undefined;
  return async (ids) => {
    publisher ??= import('./findings-topic.ts').then(({ createFindingsPublisher }) =>
      createFindingsPublisher(topic, { logger }),
    );
    await (
      await publisher
    )(ids);
  };
}
