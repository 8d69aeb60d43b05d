import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterOf } from '../../shared/logging-query/filter.ts';

const ENTRY = {
  logName: 'projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity',
  resource: { type: 'k8s_container', labels: { project_id: 'acme-prod', namespace_name: 'data' } },
  severity: 'NOTICE',
  labels: { 'k8s-pod/app': 'Jobs', request_id: 'r-1' },
  httpRequest: { status: 200, requestUrl: 'http://jobs/v1' },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'dataproc.googleapis.com',
    authorizationInfo: [
      { permission: 'dataproc.jobs.create', granted: true },
      { permission: 'b', granted: false },
    ],
    numResponseItems: '12',
  },
};

describe('a filter', () => {
  it.each([
    ['', true],
    ['  -- nothing but a comment', true],
    ['resource.type="k8s_container"', true],
    ['resource.type = K8S_CONTAINER', true],
    ['resource.type="k8s"', false],
    ['resource.type:"container"', true],
    ['resource.type!="gce_instance"', true],
    ['resource.type!="k8s_container"', false],
    ['resource.type=("gce_instance" OR "k8s_container")', true],
    ['resource.type:("k8s" AND "gce")', false],
    ['resource.type:("k8s" NOT "gce")', true],
    ['resource.labels.namespace_name="data"', true],
    ['labels."k8s-pod/app"="jobs"', true],
    ['labels."k8s-pod/app":*', true],
    ['labels.other:*', false],
    ['-resource.type="gce_instance"', true],
    ['NOT resource.type="k8s_container"', false],
    ['protoPayload.authorizationInfo.permission="dataproc.jobs.create"', true],
    ['protoPayload.authorizationInfo.granted=false', true],
    ['protoPayload.numResponseItems>=12', true],
    ['protoPayload.numResponseItems>12', false],
    ['protoPayload.service_name="dataproc.googleapis.com"', true],
    ['httpRequest.status>=200 AND httpRequest.status<300', true],
    ['httpRequest.status<=199', false],
    ['httpRequest.status=200', true],
    ['httpRequest.status:200', true],
    ['httpRequest.status!=200', false],
    ['severity>=WARNING', false],
    ['severity>INFO', true],
    ['severity<=NOTICE', true],
    ['severity<400', true],
    ['severity=notice', true],
    ['logName="projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity"', true],
    ['log_id("cloudaudit.googleapis.com/activity")', true],
    ['LOG_ID("stdout")', false],
    ['source("projects/acme-prod")', true],
    ['source(projects/other)', false],
    ['sample(insertId, 1)', true],
    ['sample(insertId, 0)', false],
    ['protoPayload.serviceName=~"^dataproc\\.google"', true],
    ['protoPayload.serviceName=~"DATAPROC"', false],
    ['protoPayload.serviceName!~"^dataflow"', true],
    ['"acme-prod"', true],
    ['DATAPROC.JOBS', true],
    ['nothing-of-the-kind', false],
  ])('%s: %s', (text, expected) => {
    expect(filterOf(text).matches(ENTRY)).toBe(expected);
  });

  it.each([
    // Binds OR before AND: (false OR true) AND false
    ['resource.type="x" OR severity=NOTICE AND httpRequest.status=500', false],
    // The other way round it would be true.
    ['severity=NOTICE OR resource.type="x" AND httpRequest.status=500', false],
    ['severity=NOTICE OR (resource.type="x" AND httpRequest.status=500)', true],
    ['resource.type="x" OR NOT resource.type="y" AND NOT severity=DEBUG OR severity=INFO', true],
    ['severity=NOTICE httpRequest.status=200', true],
    ['severity=NOTICE\nhttpRequest.status=500 -- and a comment', false],
    ['severity=NOTICE OR resource.type="x" httpRequest.status=500', false],
  ])('precedence: %s', (text, expected) => {
    expect(filterOf(text).matches(ENTRY)).toBe(expected);
  });

  it.each([
    // Missing in a payload or a label: every comparison fails, its negation by NOT holds.
    ['jsonPayload.x="a"', false],
    ['jsonPayload.x!="a"', false],
    ['NOT jsonPayload.x="a"', true],
    ['jsonPayload.x!~"a"', false],
    ['labels.y:"a"', false],
    ['resource.labels.zone="a"', false],
    // Fields of LogEntry itself have their default.
    ['operation.producer=""', true],
    ['operation.producer!="a"', true],
    ['operation.producer:*', false],
    ['httpRequest.responseSize<1', true],
    ['httpRequest.responseSize=""', undefined],
    ['trace=0', false],
    ['trace<1', undefined],
    ['httpRequest.latency<"1s"', undefined],
    ['textPayload="a"', false],
    ['NOT textPayload:"a"', true],
    ['traceSampled=false', true],
    ['traceSampled=true', false],
  ])('fields that are not there: %s', (text, expected) => {
    expect(filterOf(text).matches(ENTRY)).toBe(expected);
  });

  it.each([
    'sample(insertId, 0.5)',
    'timestamp>="2026-01-01T00:00:00Z"',
    'thud="a"',
    'ip_in_net(httpRequest.remoteIp, "10.0.0.0/8")',
    'SEARCH("dataproc")',
    'cast(jsonPayload.x, INT64) > 5',
    'regexp_extract(resource.type, "(k8s)")="k8s"',
    'source("organizations/1")',
    'source("projects/123456789012")',
    'jsonPayload.x=NULL_VALUE',
    'protoPayload.serviceName=~"(unclosed"',
    'httpRequest.requestUrl>"a"',
    'httpRequest.status>"many"',
    'severity>="LOUD"',
    'severity:"NOT"',
    'protoPayload.authorizationInfo.permission!="b"',
    // Keys of labels and of JSON are what they are; whether letters and underscores count is not told.
    'resource.labels.namespaceName="data"',
    'labels."K8S-pod/app"="jobs"',
    // An error to the service.
    'resource.kind="x"',
    'httpRequest.state=200',
    'operation.id.x="a"',
    // Every entry has them, and this one says nothing of others.
    'insertId:*',
    'insertId=~"."',
    'receiveTimestamp:*',
    // A number or a text: the two differ.
    'protoPayload.numResponseItems=12.0',
    'protoPayload.numResponseItems:1',
    'protoPayload.numResponseItems<5',
    'httpRequest.status=0xC8',
    // Digits in a number that is not that number.
    '20',
    // Escapes whose meaning in a text is not told here; characters that may need quotes; a comment, or not.
    'severity="\\x41"',
    '"\\d"',
    'log_id("std\\157ut")',
    'resource.type=a;b',
    'resource.type={a}',
    'resource.type=a--b',
    // Of those that are not there, which one is it.
    'textPayload!="a"',
    'textPayload=""',
    'protoPayload.authorizationInfo:"b"',
    'resource.type="k8s_container" and severity=NOTICE',
    'resource.type=',
    'resource.type="k8s_container" AND',
    '(resource.type="k8s_container"',
    'resource.type="k8s_container")',
    'OR severity=NOTICE',
    'resource.type="k8s',
    "resource.type='k8s_container'",
    'insertId = abc:def',
    'NOT NOT severity=NOTICE',
    'resource..type="a"',
    `${'('.repeat(60)}severity=NOTICE${')'.repeat(60)}`,
    `resource.type="${'x'.repeat(20_000)}"`,
  ])('is not decided: %s', (text) => {
    expect(filterOf(text).matches(ENTRY)).toBeUndefined();
  });

  it.each([
    ['jsonPayload.code:*', true],
    ['jsonPayload.empty:*', true],
    ['jsonPayload.none:*', undefined],
    ['jsonPayload.code="0123"', true],
    ['jsonPayload.code=0123', true],
    ['jsonPayload.code=123', undefined],
    ['jsonPayload.name>5', undefined],
    ['jsonPayload.name="ALFA"', true],
    ['jsonPayload.name:"LF"', true],
    ['jsonPayload.name=~"^alfa$"', false],
    ['jsonPayload.name=~"(?i)^alfa$"', true],
    ['jsonPayload.flag=TRUE', true],
    ['jsonPayload.flag=1', undefined],
    ['jsonPayload.count>=3.0', true],
    ['jsonPayload.count=3e0', true],
    ['jsonPayload.list=2', true],
    ['jsonPayload.list:"x"', undefined],
    ['jsonPayload.list.name="b"', true],
    ['jsonPayload.list.name="c"', false],
    ['httpRequest.responseSize>99', true],
    ['httpRequest.responseSize=1e2', true],
    ['insertId="Q1"', true],
    ['insertId>5', undefined],
    ['labels.blank:*', undefined],
    ['3', true],
  ])('by the type of its field: %s: %s', (text, expected) => {
    const entry = {
      logName: 'projects/p/logs/x',
      insertId: 'q1',
      labels: { blank: '' },
      httpRequest: { responseSize: '100' },
      jsonPayload: {
        code: '0123',
        empty: '',
        none: null,
        name: 'Alfa',
        flag: true,
        count: 3,
        list: [1, 2, { name: 'a' }, { name: 'b' }],
      },
    };
    expect(filterOf(text).matches(entry)).toBe(expected);
  });

  it('is decided where what is unknown does not matter', () => {
    expect(filterOf('resource.type="x" AND SEARCH("a")').matches(ENTRY)).toBe(false);
    expect(filterOf('severity=NOTICE OR SEARCH("a")').matches(ENTRY)).toBe(true);
    expect(filterOf('NOT SEARCH("a")').matches(ENTRY)).toBeUndefined();
  });

  it.each([
    ['sample(insertId, 0.99)', true],
    ['resource.type="x" AND Sample (insertId, 0.1)', true],
    ['textPayload:"sample(insertId, 0.99)"', false],
    ['textPayload:"a \\" sample(insertId, 0.99)"', false],
    ['a -- sample(insertId, 0.99)', false],
    ['jsonPayload.sample=1', false],
    ['sample(insertId, 0.9) AND (', true],
    ['sample(insertId, 0.9) AND "open', true],
    ['"open sample(insertId, 0.9)', false],
  ])('samples: %s: %s', (text, expected) => {
    expect(filterOf(text).samples).toBe(expected);
  });

  it('answers in the same way whatever is written around it', () => {
    const comparison = fc.constantFrom(
      'severity=NOTICE',
      'resource.type="x"',
      'jsonPayload.x="a"',
      'SEARCH("a")',
      'httpRequest.status>=200',
    );
    const query: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
      query: fc.oneof(
        { maxDepth: 4 },
        comparison,
        fc
          .tuple(tie('query'), fc.constantFrom('AND', 'OR', ''), tie('query'))
          .map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie('query').map((one) => `NOT (${one})`),
      ),
    })).query;
    fc.assert(
      fc.property(query, query, (a, b) => {
        const of = (text: string) => filterOf(text).matches(ENTRY);
        expect(of(`((${a}))`)).toBe(of(a));
        expect(of(`NOT (NOT (${a}))`)).toBe(of(a));
        expect(of(`(${a}) OR (${b})`)).toBe(of(`NOT (NOT (${a}) AND NOT (${b}))`));
        expect(of(`(${a})\n--x\n(${b})`)).toBe(of(`(${b}) AND (${a})`));
      }),
    );
  });

  it('is decided only where what is unknown could be either', () => {
    // Each part that is not known is a text that is in the entry, or one that is not: the answer must hold in every case.
    const part = fc.constantFrom(
      'severity=NOTICE',
      'resource.type="x"',
      'jsonPayload.x!="a"',
      '?0',
      '?1',
      '?2',
    );
    const query: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
      query: fc.oneof(
        { maxDepth: 5 },
        part,
        fc
          .tuple(tie('query'), fc.constantFrom('AND', 'OR'), tie('query'))
          .map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie('query').map((one) => `NOT (${one})`),
      ),
    })).query;
    let decided = 0;
    fc.assert(
      fc.property(query, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), (text, truths) => {
        const answer = filterOf(text.replaceAll(/\?\d/g, 'SEARCH("a")')).matches(ENTRY);
        if (answer === undefined) return;
        decided += text.includes('?') ? 1 : 0;
        const settled = text.replaceAll(/\?(\d)/g, (_, at: string) =>
          truths[Number(at)] === true ? '"acme"' : '"nowhere"',
        );
        expect(filterOf(settled).matches(ENTRY)).toBe(answer);
      }),
      { numRuns: 500 },
    );
    expect(decided).toBeGreaterThan(20);
  });

  it('never throws, whatever the text', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from('ab.=<>!~:()",-\\ \n'), 'AND ', 'OR ', 'NOT ', 'sample('),
    });
    fc.assert(
      fc.property(noise, (text) => {
        expect([true, false, undefined]).toContain(filterOf(text).matches(ENTRY));
      }),
    );
  });
});
