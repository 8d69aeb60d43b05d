/** The Variant of an event's row. */
import { hash } from 'node:crypto';
import type { AuditEventDraft, OperationRef, PolicyVersion } from '../model/event.ts';
import type { Proof, ResolvedIdentity, ResolvedPrincipal } from '../model/principal.ts';

type Text = string | undefined;
type Texts = readonly string[] | undefined;

/** The recorded columns of an event that come from its entry. */
export interface Recorded {
  readonly ReceiveTime: Text;
  readonly Action: AuditEventDraft['action'];
  readonly Outcome: AuditEventDraft['outcome'];
  readonly Method: string;
  readonly Status: number | undefined;
  readonly ActorProof: Proof | undefined;
  readonly ActorAbsent: Text;
  readonly ActingForBy: Texts;
  readonly KeyName: Text;
  readonly JobId: Text;
  readonly JobName: Text;
  readonly ParentJob: Text;
  readonly OperationId: Text;
  readonly Phase: OperationRef['phase'] | undefined;
  readonly Resource: Text;
  readonly Project: Text;
  readonly Location: Text;
  readonly Via: AuditEventDraft['via'];
  readonly CallKey: Text;
  readonly RequestId: Text;
  readonly Trace: Text;
  readonly Reads: Texts;
  readonly Writes: Texts;
  readonly Uses: Texts;
  readonly Claims: Text;
  readonly SplitUid: Text;
  readonly SplitTotal: number | undefined;
}

/**
 * Tells contents under one event id apart: the first 64 bits of SHA-256 over the recorded columns that come from the
 * entry, with identities as the entry proves them: a binding or an environment that the configuration adds must not make
 * another content of the same entry. A text that is there is written as a letter of its own, its length and itself, so that no two rows make one
 * text; JSON would escape every quote of the claims again. Column by column, since a loop over names costs as much as
 * the hash.
 */
export function variantOf(
  row: Recorded,
  identity: ResolvedIdentity,
  policy: PolicyVersion | undefined,
): string {
  // Times, numbers and words of closed lists hold no semicolon.
  let text = `${row.ReceiveTime ?? ''};${row.Action};${row.Outcome};${row.Via};${row.Status ?? ''};`;
  text += `${row.ActorProof ?? ''};${row.ActorAbsent ?? ''};${row.Phase ?? ''};${row.SplitTotal ?? ''};`;
  text = put(text, 'm', row.Method);
  text = put(text, 'a', provenId(identity.actor));
  for (const link of identity.actingFor) text = put(text, 'f', provenId(link));
  text = putList(text, 'F', row.ActingForBy);
  text = put(text, 'k', row.KeyName);
  text = put(text, 'x', provenId(identity.runAs));
  text = put(text, 'e', provenId(identity.peer));
  text = put(text, 'j', row.JobId);
  text = put(text, 'J', row.JobName);
  text = put(text, 'P', row.ParentJob);
  text = put(text, 'i', row.OperationId);
  text = put(text, 'r', row.Resource);
  text = put(text, 'g', row.Project);
  text = put(text, 'l', row.Location);
  text = put(text, 'c', row.CallKey);
  text = put(text, 'q', row.RequestId);
  text = put(text, 'T', row.Trace);
  text = putList(text, 'R', row.Reads);
  text = putList(text, 'W', row.Writes);
  text = putList(text, 'U', row.Uses);
  text = put(text, 'C', row.Claims);
  text = put(text, 'S', row.SplitUid);
  if (policy !== undefined) {
    text = put(text, 'v', `${policy.plane} ${policy.change} ${policy.digest ?? ''}`);
    text = put(text, 'V', policy.policy);
  }
  // UTF-8 has no form for a lone surrogate; JSON's escape keeps such texts apart.
  return hash('sha256', text.isWellFormed() ? text : JSON.stringify(text), 'hex').slice(0, 16);
}

/** Before bindings. */
const provenId = (one: ResolvedPrincipal | undefined): string | undefined => one?.as ?? one?.principal.id;

const put = (text: string, letter: string, value: string | undefined): string =>
  value === undefined ? text : `${text}${letter}${value.length}:${value}`;

function putList(text: string, letter: string, values: readonly string[] | undefined): string {
  if (values === undefined) return text;
  let listed = `${text}${letter}${values.length}:`;
  for (const value of values) listed += `${value.length}:${value}`;
  return listed;
}
