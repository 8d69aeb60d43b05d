/** `policy test`: the cases of policies and of the organisation's own rules. */
import type { Bundle } from '../../shared/config/bundle.ts';
import { readBundle, readCaseFiles } from '../../shared/config/read-bundle.ts';
import { runRuleCases } from '../../shared/detections/own/cases.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createEventsOf } from '../../shared/pipeline/events-of.ts';
import { parseCases, runCases } from '../../shared/policy/cases.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';

interface Failing {
  readonly place: string;
  readonly name: string;
  readonly failure: string;
}

export async function testPolicy(folder: string, terminal: Terminal): Promise<number> {
  const { count, failing } = casesOf(folder, readBundle(folder));
  for (const { place, name, failure } of failing)
    terminal.out(`${place}: ${printable(name)}\n  ${printable(failure)}\n`);
  terminal.out(`${count} case${count === 1 ? '' : 's'}, ${failing.length} failing\n`);
  return failing.length === 0 ? EXIT.ok : EXIT.failed;
}

/** @throws JobtrailError `config-invalid` where a file of cases is wrong */
export function casesOf(folder: string, bundle: Bundle): { count: number; failing: readonly Failing[] } {
  const parsed = parseCases(readCaseFiles(folder));
  if (parsed.kind === 'wrong') {
    const lines = parsed.problems.map(({ file, line, reason, instead }) =>
      [`${file}:${line}: ${reason}`, ...(instead === undefined ? [] : [instead])].join('; '),
    );
    throw new JobtrailError(
      'config-invalid',
      `The cases have ${lines.length} problem${lines.length === 1 ? '' : 's'}:\n  ${lines.join('\n  ')}`,
      'Mend the lines named above; docs/policy.md tells what can be written.',
    );
  }
  const ofPolicies = runCases(parsed.cases, bundle);
  const ofRules = runRuleCases(bundle.rules, {
    facts: bundle.facts,
    decide: (event) => bundle.policy?.decide(event, bundle.facts),
    eventsOf: createEventsOf(SOURCES, bundle),
  }).map(({ rule, place, note, failure }) => ({ place, name: `${rule}: ${note}`, failure }));
  const all = [...ofPolicies, ...ofRules];
  return {
    count: all.length,
    failing: all.flatMap(({ place, name, failure }) =>
      failure === undefined ? [] : [{ place, name, failure }],
    ),
  };
}
