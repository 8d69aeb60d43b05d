import { describe, expect, it } from 'vitest';
import { parsePolicies, type PolicyProblem } from '../../shared/policy/policy-files.ts';

function problemsOf(...texts: readonly string[]): readonly PolicyProblem[] {
  const parsed = parsePolicies(texts.map((text, at) => ({ name: `${'abc'[at]}.cedar`, text })));
  return parsed.kind === 'wrong' ? parsed.problems : [];
}

const told = (...texts: readonly string[]): string[] =>
  problemsOf(...texts).map(
    ({ file, line, reason, instead }) => `${file}:${line}: ${reason}; ${instead ?? 'nothing told'}`,
  );

const ANY = 'principal, action, resource';

describe('problems of policies', () => {
  it('are told all at once, each with its line and what to write instead', () => {
    const text = `// ünïcode 🦀 "in; a comment"
permit (${ANY});
@id("verb") permit (principal, action == Jobtrail::Action::"job.sumbit", resource);

@id("evidence")
permit (principal, action == Jobtrail::Action::"api.call", resource);
@id("kind") permit (principal is Jobtrail::Usr, action, resource);
@id("safe") permit (${ANY})
when { "ü;" == "ü;" }
when { context.approval.signed };
@id("lane") permit (${ANY}) when { principal.lane == "x" };
@id("place") permit (principal, action == Jobtrail::Action::"data.read", resource is Jobtrail::Job);
@id("name") permit (${ANY}) when { context.credentail == "x" };
@id("type") permit (${ANY}) when { context.hour == "3" };
@id("never") permit (${ANY}) when { false };
@id("two words") permit (${ANY});
@id("kind") permit (${ANY});
`;
    expect(told(text, `@id("slot") permit (principal == ?principal, action, resource);`)).toEqual([
      'a.cedar:2: the policy has no @id; write @id("team-what-it-permits") above it: letters, digits, `.`, `_`, `-`',
      'a.cedar:3: verb: unrecognized action `Jobtrail::Action::"job.sumbit"`; known: job.submit, job.start, job.update, job.cancel, job.delete',
      'a.cedar:6: evidence: unrecognized action `Jobtrail::Action::"api.call"`; api.call is evidence, which policy does not decide',
      'a.cedar:7: kind: unrecognized entity type `Jobtrail::Usr`; did you mean `Jobtrail::User`?',
      'a.cedar:10: safe: unable to guarantee safety of access to optional attribute `approval`; write `context has approval && …` in front: not every one has it',
      'a.cedar:11: lane: unable to guarantee safety of access to optional attribute `lane`; write `principal has lane && …` in front: not every one has it',
      'a.cedar:12: place: unable to find an applicable action given the policy scope constraints; data.read: done to Jobtrail::Dataset',
      'a.cedar:13: name: attribute `credentail` not found; did you mean `credential`?',
      'a.cedar:14: type: the types Long and String are not compatible; both operands to a `==` expression must have compatible types. Types must be exactly equal to be compatible',
      'a.cedar:15: never: policy is impossible: the policy expression evaluates to false for all valid requests; nothing can satisfy all of its conditions: take one out',
      'a.cedar:16: the @id is no name; write @id("team-what-it-permits") above it: letters, digits, `.`, `_`, `-`',
      'a.cedar:17: the @id "kind" is already that of a.cedar:7; give each policy its own',
      'b.cedar:1: expected a static policy, got a template containing the slot ?principal; try removing the template slot(s) from this policy',
    ]);
  });

  it('of syntax do not hide those of the policies behind them', () => {
    const text = `@id("a") permit (principal action, resource);
@id("b") permit (${ANY}) when { contxt.hour > 1 };
@id("c") permit (${ANY}) when { context.houre > 1 };
@id("d") permit (${ANY})`;
    expect(problemsOf(text).map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it('of many policies stand in their own lines', () => {
    const text = Array.from(
      { length: 30 },
      (_, at) => `@id("p${at}")\npermit (${ANY})\nwhen { context.wrong${at} };\n`,
    ).join('\n');
    expect(problemsOf(text).map(({ line, reason }) => [line, /wrong(\d+)/.exec(reason)?.[1]])).toEqual(
      Array.from({ length: 30 }, (_, at) => [4 * at + 3, String(at)]),
    );
  });

  it('are made of what is too large before anything is parsed', () => {
    expect(told(' '.repeat(600_000))[0]).toContain('a file has at most 524288 characters');
    const many = Array.from({ length: 2001 }, (_, at) => `@id("p${at}") permit (${ANY});`).join('\n');
    expect(told(many)[0]).toContain('2000 policies');
  });

  it('are none where comments and strings hold what ends a policy', () => {
    const text = `// a; "b
@id("a") // c; "
permit (${ANY}) when { resource.name like "x;\\"//*" }; // d;
`;
    expect(problemsOf(text)).toEqual([]);
    const parsed = parsePolicies([{ name: 'a.cedar', text }]);
    expect(parsed.kind === 'parsed' ? parsed.policies.map(({ id, place }) => [id, place]) : []).toEqual([
      ['a', 'a.cedar:2'],
    ]);
  });
});
