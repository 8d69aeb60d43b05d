/**
 * Structured logs as Cloud Run reads them from standard output: one JSON object a line, with severity and trace.
 * Values from log entries are only ever values here, JSON-escaped; they never become part of a message's grammar.
 */
export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogFields {
  readonly [key: string]: string | number | boolean | null | undefined | Readonly<Record<string, number>>;
}

export interface Logger {
  log(severity: Severity, message: string, fields?: LogFields): void;
  /** The same logger with fields on every line. */
  with(fields: LogFields): Logger;
}

/** Longest value of one field; a hostile value must not flood the log. */
const MAX_FIELD = 2000;

export function createLogger(write: (line: string) => void, base: LogFields = {}): Logger {
  return {
    log(severity, message, fields) {
      const line: Record<string, unknown> = { severity, message };
      for (const [key, value] of Object.entries({ ...base, ...fields })) {
        if (value === undefined) continue;
        line[key] =
          typeof value === 'string' && value.length > MAX_FIELD ? `${value.slice(0, MAX_FIELD)}…` : value;
      }
      write(JSON.stringify(line));
    },
    with: (fields) => createLogger(write, { ...base, ...fields }),
  };
}

export const SILENT: Logger = createLogger(() => undefined);

/**
 * The `logging.googleapis.com/trace` field from a request's `traceparent` (W3C) or `X-Cloud-Trace-Context`; undefined
 * where neither has a well-formed trace id, so that nobody writes into the field what they like.
 */
export function traceField(
  project: string | undefined,
  traceparent: string | undefined,
  cloudTrace: string | undefined,
): string | undefined {
  const id = hexId(traceparent?.split('-', 3)[1]) ?? hexId(cloudTrace?.split('/', 1)[0]);
  return id === undefined || project === undefined ? undefined : `projects/${project}/traces/${id}`;
}

function hexId(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : undefined;
}
