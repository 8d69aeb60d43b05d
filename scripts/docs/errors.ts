/** What each error code means, one sentence; complete by type. */
import type { Disposition, ErrorCode } from '../../shared/errors.ts';

export const DISPOSITION_MEANING: Readonly<Record<Disposition, string>> = {
  quarantine:
    'Never passes for this entry. Its raw text is kept in `Quarantine` with the code as reason, and the message is acknowledged.',
  retry: 'May pass by itself. A function answers 503 and Pub/Sub delivers again; a command stops.',
  refuse:
    'The request or the command is wrong. A function answers with an error status; a command says why and stops.',
};

export const ERROR_MEANING: Readonly<Record<ErrorCode, string>> = {
  'envelope-not-json': 'The body of the push request is not UTF-8 text or not JSON.',
  'envelope-shape': 'The body holds no Pub/Sub message, or an event of another kind.',
  'data-not-base64': 'The `data` of the Pub/Sub message is not base64.',
  'data-empty': 'The message or the record has no data.',
  'entry-not-utf8': 'The entry is not UTF-8 text.',
  'entry-not-json': 'The entry is neither JSON nor a line that a source knows.',
  'entry-not-object': 'The entry is JSON, and no object.',
  'entry-too-large': 'The entry is longer than any log entry can be; its head is kept.',
  'entry-too-deep': 'The JSON of the entry nests deeper than any service writes.',
  'entry-shape': 'A field of the entry has the wrong type, or the object is no log entry.',
  'entry-reexported':
    'Another platform stored the entry, and what it made of it cannot be put back; take it from Cloud Logging.',
  'entry-bad-time': 'The entry states a time, and none that it states is RFC 3339.',
  'file-damaged': 'The file ends early or its compression is broken; what stood before is read.',
  'payload-missing': 'The entry is of a source and lacks the payload the source reads.',
  'payload-shape': 'The payload lacks what makes it a record: a method name, an event.',
  'line-grammar': 'A text line does not follow the format of its log, or can be read in two ways.',
  'normaliser-crash': 'The source threw on this entry, which is a fault of Jobtrail.',
  'delivery-exhausted':
    'The message was delivered up to the limit without being handled to its end, and is kept without being read.',
  'object-missing': 'The file that a notification names is gone, and what stood in it was never read.',
  'object-unavailable': 'Cloud Storage does not answer, or the identity may not read the object.',
  'issuer-keys-unavailable':
    'The keys of an issuer cannot be fetched from its `jwksUri`, so what its proofs prove is not known yet.',
  'api-unavailable': 'An API that is polled does not answer, refuses, or does not show its list whole.',
  'api-refused':
    'An API that a command reads from does not let its identity, or does not understand what is asked.',
  'row-limit': 'A column of the row would exceed its limit.',
  'row-refused': 'The database refuses the row and always will.',
  'store-unavailable': 'The store does not answer, or the identity may not write to it.',
  'store-aborted': 'Another transaction was faster.',
  'store-schema': 'The database lacks tables or columns; run `jobtrail migrate`.',
  'schema-newer': 'A newer program has migrated the database; this one does not touch its schema.',
  'schema-conflict': 'The database is not what its schema version says, or an applied file has another text.',
  overloaded: 'Too many rows wait for a commit in this instance.',
  'push-unauthenticated': 'The push request has no valid token of the subscription.',
  'callback-unauthenticated': 'The callback is not signed by Slack or PagerDuty, or was signed too long ago.',
  'method-not-allowed': 'The HTTP method is none that is served.',
  'config-invalid': 'The configuration file or an environment variable is wrong; every problem is named.',
  'file-unreadable': 'A file that was named cannot be read.',
  'filter-unreadable':
    'A filter of Cloud Logging is none, or has parts that are not read here; the place is named.',
  usage: 'The command line is wrong.',
  'query-unknown': 'No saved query has this name.',
  'query-param': 'A parameter of a query is missing, unknown or of another type.',
  'not-found': 'Nothing is stored under this id.',
  'emulator-missing': 'An emulator is neither found nor answering.',
};
