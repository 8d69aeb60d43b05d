/**
 * Filters of Istio's access log (Telemetry `accessLogging[].filter.expression`, CEL over Envoy's attributes) put to
 * requests that must be logged. https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
 */
import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { nodesOf } from './own/syntax.ts';

const LIMITS = { maxAstNodes: 200, maxDepth: 16, maxListElements: 50, maxMapEntries: 8, maxCallArguments: 3 };

const ENVIRONMENT = new Environment({ limits: LIMITS, unlistedVariablesAreDyn: true });

/** A job submitted, and data read, both with success. Attributes that vary are left out: then nobody knows. */
const MUST_LOG: readonly Readonly<Record<string, unknown>>[] = [
  successful('/v1/projects/p/regions/r/jobs:submit'),
  successful('/google.spanner.v1.Spanner/ExecuteStreamingSql'),
];

function successful(path: string): Readonly<Record<string, unknown>> {
  return {
    request: {
      path,
      url_path: path,
      method: 'POST',
    },
    response: { code: 200n, code_details: 'via_upstream', flags: 0n },
    connection: { mtls: true },
  };
}

/** `matches` backtracks in the library; nothing else that is called can run long. */
const CALLS: ReadonlySet<string> = new Set([
  'has',
  'size',
  'int',
  'string',
  'startsWith',
  'endsWith',
  'contains',
]);

const isKnownCall = (node: ASTNode): boolean =>
  (node.op !== 'call' && node.op !== 'rcall') || CALLS.has(node.args[0]);

/** Whether such requests are logged; undefined where the expression looks at what is not known here. */
export function logsSuccess(expression: string): boolean | undefined {
  let evaluate: ReturnType<Environment['parse']>;
  try {
    evaluate = ENVIRONMENT.parse(expression);
  } catch {
    // No expression, or one beyond the limits: Istio may refuse it, or know more of CEL.
    return undefined;
  }
  if (!nodesOf(evaluate.ast).every(isKnownCall)) return undefined;
  const answers = MUST_LOG.map((request): unknown => {
    try {
      return evaluate({ ...request });
    } catch {
      return undefined;
    }
  });
  if (answers.includes(false)) return false;
  return answers.every((answer) => answer === true) ? true : undefined;
}
