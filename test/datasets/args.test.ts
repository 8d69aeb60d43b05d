import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetsInArgs, datasetsInParameter, datasetsInProperties } from '../../shared/datasets/args.ts';
import type { DatasetUse } from '../../shared/model/event.ts';

const told = (uses: readonly DatasetUse[]): readonly string[] =>
  uses.map(({ op, strength, dataset }) => `${op} ${strength} ${dataset}`);

describe('datasetsInArgs', () => {
  it.each([
    [['--input=gs://b/in'], ['read declared gs://b/in']],
    [['--input', 'gs://b/in'], ['read declared gs://b/in']],
    [['-output', 'gs://b/out'], ['write declared gs://b/out']],
    [['source_path=gs://b/in'], ['read declared gs://b/in']],
    [['-DtargetPath=gs://b/out'], ['write declared gs://b/out']],
    [['--inputtable', 'p.d.t'], ['read declared bigquery:p.d.t']],
    [['--outputTable=p:d.t'], ['write declared bigquery:p.d.t']],
    [['--name', 'p.d.t'], []],
    [['--sources=gs://a/1,gs://a/2'], ['read declared gs://a/1', 'read declared gs://a/2']],
    [['--in', 'gs://a/x,y.csv'], ['read declared gs://a/x,y.csv']],
    [['gs://b/dt=2026/x'], ['use inferred gs://b/dt=2026/x']],
    [['--input-output', 'gs://b/x'], ['use inferred gs://b/x']],
    [['--verbose', '--input', '--output', 'gs://b/x'], ['write declared gs://b/x']],
    [['--query', 'SELECT * FROM p.d.t'], ['read inferred bigquery:p.d.t']],
    [['--password', 'hunter2', '--retries', '3'], []],
  ])('%j', (args, uses) => {
    expect(told(datasetsInArgs(args))).toEqual(uses);
  });

  it('keeps the stronger of two statements and drops a use whose direction is known', () => {
    expect(told(datasetsInArgs(['gs://b/x', '--input=gs://b/x', '--output=gs://b/x']))).toEqual([
      'read declared gs://b/x',
      'write declared gs://b/x',
    ]);
  });

  it('is total, and says nothing twice', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (args) => {
        const uses = told(datasetsInArgs(args));
        expect(new Set(uses).size).toBe(uses.length);
      }),
    );
  });
});

describe('datasetsInProperties', () => {
  it('reads options of the job and leaves code, staging and event logs of the platform', () => {
    expect(
      told(
        datasetsInProperties({
          'spark.app.input.path': 'gs://b/in',
          'spark.sql.warehouse.dir': 'gs://b/warehouse',
          'spark.jars': 'gs://code/a.jar',
          'spark.eventLog.dir': 'gs://logs/events',
          'spark.executor.memory': '4g',
          broken: 7,
        }),
      ),
    ).toEqual(['read declared gs://b/in', 'use inferred gs://b/warehouse']);
  });

  it('reads one parameter of a template', () => {
    expect(told(datasetsInParameter('outputTopic', 'projects/p/topics/t'))).toEqual([
      'write declared pubsub:topic:p:t',
    ]);
  });
});
