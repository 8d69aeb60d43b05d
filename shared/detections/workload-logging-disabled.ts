import { defineDetection, type Found } from './detection.ts';
import { evidence, listOf, numberOf, textOf } from './evidence.ts';
import { isDone, subjectOf, whoOf } from './kinds.ts';

export const workloadLoggingDisabled = defineDetection({
  id: 'workload-logging-disabled',
  number: 'L14',
  version: 1,
  title: 'Cluster or job created with its logging off',
  severity: 'high',
  why: 'Logging of a cluster is decided when it is made: what runs on one that was made silent leaves no driver, worker or system log.',
  runbook: [
    'Ask whoever created `cluster` why `off` was switched off; a sandbox is declared as an exemption with an end.',
    'Make the cluster anew with its logs on, and delete this one.',
    'List the jobs that ran on it (query jobs): of them there are audit entries and nothing else.',
  ],
  evidence: ['cluster', 'job', 'off', 'loggers', 'by'],
  maps: {
    attack: ['T1685.002'],
    soc2: ['CC7.2'],
    iso27001: ['A.8.15', 'A.8.9'],
  },
  peers: [],
  gaps: [
    'Worker log levels of Dataflow are not in the entry that creates a job.',
    'Whether a cluster of Databricks must deliver its logs is not declared anywhere.',
    'Logging of Kubernetes clusters is their own, not that of the jobs.',
  ],
  sources: ['dataproc'],
  on: ['cluster.create', 'job.submit', 'workflow.run', 'template.change'],
  decide: ({ event }) => {
    if (!isDone(event)) return [];
    const { claims } = event;
    const off = listOf(claims, 'loggingOff').flatMap(([property = '']) => property.split(':').slice(-1));
    const loggers = numberOf(claims, 'driverLogsOff') ?? 0;
    const cluster = textOf(claims, 'cluster');
    const found: Found[] = [];
    if (off.length > 0) {
      found.push({
        key: `${event.project ?? '-'} cluster ${cluster ?? subjectOf(event)}`,
        summary: `${whoOf(event)} asked for a cluster that keeps its logs to itself.`,
        evidence: evidence(['cluster', cluster], ['off', off.join(' ')], ['by', event.actor?.id]),
      });
    }
    if (loggers > 0) {
      found.push({
        key: `driver logs ${subjectOf(event)}`,
        summary: `${whoOf(event)} submitted work whose driver logs nothing.`,
        evidence: evidence(
          ['cluster', cluster],
          ['job', event.job],
          ['off', 'driver log levels'],
          ['loggers', loggers],
          ['by', event.actor?.id],
        ),
      });
    }
    return found;
  },
});
