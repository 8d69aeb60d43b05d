/** One rule that is right, and what is written wrong in it: each change with the problems that it must be refused with. */
export const RIGHT = `id: own-example
title: A job of production is cancelled
severity: low
why: Cancelled jobs leave half of their data.
runbook:
  - Ask the person in \`who\`.
  - Start the job again.
on: [job.cancel]
where: |
  event.environment == "prod" &&
    event.outcome == "allowed"
key: event.job
evidence:
  - [who, event.actor.id]
cases:
  - note: A person cancels.
    fires: dataproc:p/r/job/j
    event: { action: job.cancel, environment: prod, job: 'dataproc:p/r/job/j' }
  - note: In another environment.
    quiet: true
    event: { action: job.cancel, environment: dev, job: 'dataproc:p/r/job/j' }
`;

type Change = readonly [what: string, from: string, to: string];

const where = (what: string, to: string): Change => [what, 'event.outcome == "allowed"', to];

export const WRONG: readonly Change[] = [
  ['an id of the catalogue', 'own-example', 'static-credential-on-job-path'],
  ['an unknown key', 'severity: low', 'severity: low\nseverty: high'],
  ['a key twice', 'severity: low', 'severity: low\nseverity: high'],
  ['an alias', 'severity: low', 'severity: &a low\nversion: *a'],
  ['no YAML', 'severity: low', 'severity: [low'],
  ['one line of runbook', '  - Start the job again.\n', ''],
  ['an unknown verb of a known family', '[job.cancel]', '[job.cancel, job.canceled]'],
  ['an unknown verb of a family of one', '[job.cancel]', '[job.cancel, secret.reed]'],
  ['an unknown key inside', 'severity: low', 'severity: low\nmaps:\n  attack: []\n  attak: []'],
  ['unknown keys', 'severity: low', 'severity: low\na: 1\nb: 2'],
  ['an unknown verb', '[job.cancel]', '[job.cancel, cancelled]'],
  ['a case of another verb', 'action: job.cancel, environment: dev', 'action: job.submit, environment: dev'],
  ['no quiet case', 'quiet: true', 'fires: dataproc:p/r/job/j'],
  ['no case that fires', 'fires: dataproc:p/r/job/j', 'quiet: true'],
  ['a case that does both', 'quiet: true', 'quiet: true\n    fires: x'],
  [
    'a case without an event',
    ", job: 'dataproc:p/r/job/j' }\n  - note: In",
    ' }\n    entry: {}\n  - note: In',
  ],
  where('an unknown field', 'event.outcom == "allowed"'),
  where('an unknown field of a field', 'event.actor.name == "allowed"'),
  where('an unknown variable', 'evnt.outcome == "allowed"'),
  where('text against a number', 'event.outcome == 5'),
  where('no expression', 'event.outcome =='),
  where('an assignment', 'event.outcome = "allowed"'),
  where('text that is not true or false', 'event.outcome'),
  where('an unknown function', 'exec(event.outcome)'),
  where('a known function with too much', 'inGroup(event.outcome)'),
  where('two arguments too many', 'event.outcome.startsWith("a", "b")'),
  where('a method that grows lists', 'event.outcome.split("").size() > 1'),
  where('a binding', 'cel.bind(x, event.outcome, x == "a")'),
  where('a mapping', 'event.datasets.map(d, d + d).size() == 1'),
  where('another time zone', 'event.time.getHours("Europe/Berlin") > 1'),
  where('a map', '{"a": 1}.size() == 1'),
  where('a name that is put together', 'event["out" + "come"] == "allowed"'),
  where('optional access', 'event.?outcome == "allowed"'),
  where('a pattern from the event', 'event.outcome.matches(event.resource)'),
  where('a duration from the event', 'duration(event.outcome) > duration("1h")'),
  where('a pattern with a back reference', String.raw`event.outcome.matches("(a)\\1")`),
  where('a pattern without an end', 'event.outcome.matches("(a")'),
  where('matches with a number', '(5).matches("a")'),
  where('the name inside of matches', 'event.outcome.linearMatches("a")'),
  where('two walks inside each other', 'event.datasets.all(a, event.datasets.all(b, a == b))'),
  where('lists of lists compared in a walk', 'event.datasets.all(a, event.reads == event.writes)'),
  where('membership in a walk', 'event.datasets.all(a, a in event.reads)'),
  where('a walk over claims in a walk', 'event.claims.all(a, event.claims.exists(b, a == b))'),
  where(
    'walks over written lists in each other',
    `${'["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].all(x, '.repeat(5)}true${')'.repeat(5)}`,
  ),
  where(
    'a walk over two lists in a walk',
    '(event.reads + event.writes).all(a, (event.reads + ["x"]).all(b, a == b))',
  ),
  where(
    'a filtered list compared in a walk',
    'event.reads.all(a, event.reads.filter(b, true) == event.reads)',
  ),
  where(
    'a chosen list in a walk',
    'event.reads.all(a, a in (event.via == "x" ? event.reads : event.writes))',
  ),
  // The steps are told: each part of an expression has a cost of its own.
  ...[
    'a.contains("x")',
    'a.indexOf("x") == 1',
    'a.lastIndexOf("x") == 1',
    'a.matches("x")',
    'a.startsWith("x")',
    'event.reads.join(",") == a',
    'event.actingFor != event.actingFor',
    'a in event.datasets',
    'a in event.uses',
    'decision.policies == decision.policies',
    'a in ["x", "y"]',
    'a in (["x"] + ["y", "z"])',
    'a in (["x", "y"] + event.reads)',
    'a in (event.via == "x" ? ["x"] : ["y", "z"])',
    'a in (event.via == "x" ? ["x", "y"] : ["z"])',
    'event.reads == event.reads.filter(f, f == "x")',
    '["a"] == [event.via]',
    'a.size() * 2 % 3 <= -a.size()',
    'event.resource == event.project',
    'a == event.resource.trim()',
    'size(a) > 3',
    'a == b',
    'a == event.claims["x"]',
    '[event.reads][0] == [event.reads][0]',
    'event.reads == ["x", "y"]',
    '(event.via == "x" ? event.reads : event.uses) == event.reads',
    'event.resource + "x" == event.project + "y"',
    'has(event.claims.a)',
    '(a == "x" ? event.reads[0] : event.claims["x"]) != a',
  ].map((part) => where(`the steps of ${part}`, `event.datasets.all(a, event.datasets.all(b, ${part}))`)),
  where(
    'the least that is too much',
    `event.datasets.all(a, ${'a != "x" && '.repeat(9)}true) && event.reads.all(a, [1, 2, 3, 4, 5, 6].all(n, n > 1))`,
  ),
  where(
    'as much as is allowed',
    `event.datasets.all(a, ${'a != "x" && '.repeat(9)}true) && event.outcme == ""`,
  ),
  where('100 items are a list and 101 are none', `[${'1, '.repeat(100)}1] == [1]`),
  where('nine entries of a map', `{${'"a": 1, '.repeat(8)}"a": 1}.size() == 1`),
  where('four arguments', 'inGroup("a", "b", "c", "d")'),
  where('a timestamp from the event', 'event.time > timestamp(event.resource)'),
  where('a pattern that is a number', 'event.outcome.matches(5)'),
  where('an expression too deep', `${'('.repeat(60)}true${')'.repeat(60)}`),
  where('too many parts', `${'true && '.repeat(300)}true`),
  [
    'a condition that is a list',
    'where: |\n  event.environment == "prod" &&\n    event.outcome == "allowed"',
    'where: event.datasets',
  ],
  ['a key that is no text', 'key: event.job', 'key: event.actingFor'],
  ['evidence that is a list', '[who, event.actor.id]', '[who, event.datasets]'],
  ['evidence with a wrong label', '[who, event.actor.id]', '["who is it", event.actor.id]'],
  ['evidence that the comma split', '[who, event.actor.id]', '[who, inGroup(event.actor.id, "a")]'],
  [
    'many at once',
    'severity: low\nwhy: Cancelled jobs leave half of their data.',
    'severity: lowest\nwhy: Cancelled jobs leave half of their data.\nmaps: { attack: [T15] }\nversion: 0',
  ],
  ['a wrong form and a wrong expression', 'severity: low', 'severity: lowest\nmaps: {}\nkey2: x'],
];
