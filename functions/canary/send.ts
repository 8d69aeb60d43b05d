/** Sends one canary along each way, and tells which did not leave. */
import type { CanaryRecord } from '../../schemas/canary.ts';
import { probePath, signCanary } from '../../shared/corroboration/health/canary.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Way } from './ways.ts';

export interface Sending {
  readonly key: string;
  readonly now: () => Date;
  /** 22 characters of base64url. */
  readonly nonce: () => string;
  /** Resolves when Cloud Logging has taken it. */
  readonly write: (project: string, canary: CanaryRecord) => Promise<void>;
  /** Resolves when the hop has answered, whatever it says. */
  readonly ask: (url: string) => Promise<void>;
}

export interface Sent {
  readonly path: string;
  /** Absent: it left. */
  readonly failed?: string;
  /** Sending again does not mend it. */
  readonly misconfigured?: true;
}

/** Asked at once: a hop that does not answer costs its own time only. */
export async function sendCanaries(ways: readonly Way[], sending: Sending): Promise<readonly Sent[]> {
  return Promise.all(
    ways.map(async (way): Promise<Sent> => {
      const { path } = way;
      if (way.kind === 'none') return { path, failed: way.reason, misconfigured: true };
      try {
        const sentAt = `${sending.now().toISOString().slice(0, 19)}Z`;
        const canary = signCanary({ path, nonce: sending.nonce(), sentAt }, sending.key);
        if (way.kind === 'log') await sending.write(way.project, canary);
        else await sending.ask(new URL(probePath(canary), way.url).href);
        return { path };
      } catch (error) {
        return { path, failed: messageOf(error) };
      }
    }),
  );
}
