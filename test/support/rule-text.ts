/** What is asked of the text of every rule, of one entry or of several records. */

/** The numbered rules, as the catalogue names them. */
export const NUMBERS: Readonly<Record<string, string>> = {
  U01: 'denied-job-burst',
  U02: 'denied-then-succeeded-elsewhere',
  U03: 'job-outside-declared-policy',
  U04: 'cross-environment-access',
  U05: 'impersonation-chain-unapproved',
  U06: 'static-credential-on-job-path',
  U07: 'dormant-identity-runs-job',
  U08: 'identity-mismatch-mesh-vs-audit',
  U09: 'gateway-bypass-caller-network',
  U10: 'mesh-hop-unauthenticated',
  U11: 'agent-outside-its-lane',
  U12: 'agent-job-without-sponsor',
  U13: 'interactive-exec-on-cluster',
  U14: 'runtime-token-off-platform',
  L01: 'job-ran-without-audit-record',
  L02: 'audit-record-without-gateway-evidence',
  L03: 'gateway-call-without-audit-record',
  L04: 'audit-config-weakened',
  L05: 'log-routing-weakened',
  L06: 'log-store-weakened',
  L07: 'export-path-broken',
  L08: 'source-silent',
  L09: 'source-volume-drop',
  L10: 'logs-sampled-out',
  L11: 'gateway-log-plugin-removed',
  L12: 'log-sequence-gap',
  L13: 'event-time-skew',
  L14: 'workload-logging-disabled',
  L15: 'databricks-audit-weakened',
  L16: 'evidence-chain-broken',
  D01: 'mesh-policy-inline-edit',
  D02: 'mtls-downgraded',
  D03: 'sidecar-capture-evaded',
  D04: 'gateway-config-inline-edit',
  D05: 'job-role-granted',
  D06: 'impersonation-role-granted',
  D07: 'workload-identity-trust-changed',
  D08: 'detector-config-tampered',
  D09: 'used-under-undeclared-policy',
  X01: 'bq-destination-outside-org',
  X02: 'gcs-destination-outside-org',
  X03: 'job-reads-undeclared-data',
  X04: 'spanner-bulk-read-or-export',
  X05: 'databricks-path-credential-or-share',
  P01: 'job-artifact-overwritten',
  P02: 'job-code-untrusted-origin',
  P03: 'run-as-undeclared-sa',
  P04: 'job-template-or-schedule-planted',
  P05: 'hadoop-port-exposed',
};

/** Criteria of the AICPA's Trust Services Criteria of 2017; controls of ISO/IEC 27001:2022 Annex A. */
export const SOC2 = /^(?:CC[1-9]\.[1-9]|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.[0-9])$/;
const ISO_CONTROLS: Readonly<Record<string, number>> = { '5': 37, '6': 8, '7': 14, '8': 34 };

export function isControl(text: string): boolean {
  const [, theme = '', number = ''] = /^A\.([5-8])\.([1-9][0-9]?)$/.exec(text) ?? [];
  return number !== '' && Number(number) <= (ISO_CONTROLS[theme] ?? 0);
}

/** Claims that the caller writes to look like somebody else: never looked at, in whatever spelling. */
export const CALLERS_OWN = /['"`.](?:caller_?supplied_?)?user_?-?agent\b/i;

export const duplicates = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, at) => texts.indexOf(text) !== at);
