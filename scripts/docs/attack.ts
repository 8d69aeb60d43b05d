/**
 * ATT&CK technique ids as older rule sets print them. v19 revoked T1562 Impair Defenses for T1685 Disable or Modify
 * Tools and T1686 Disable or Modify System Firewall, under the tactic Defense Impairment (TA0112).
 */
const WAS: ReadonlyMap<string, string> = new Map([
  ['T1685', 'T1562'],
  ['T1685.002', 'T1562.008'],
  ['T1686.001', 'T1562.007'],
]);

/** True of ids that a version before v19 had and v19 has not. */
export const isRevoked = (technique: string): boolean => /^T1562(\.|$)/.test(technique);

/** The technique as a link, with the id that other rule sets still know it by. */
export function techniqueLink(technique: string): string {
  const was = WAS.get(technique);
  const link = `[${technique}](https://attack.mitre.org/techniques/${technique.replace('.', '/')}/)`;
  return was === undefined ? link : `${link} (was ${was})`;
}
