import type { TrailClaims } from '../model/trail-event.ts';
import { obj } from '../sources/fields.ts';
import { parseJson } from './claimed-json.ts';
import { defineChangeDetection, type Change } from './change.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { isInMesh, tlsModes } from './destination-tls.ts';
import type { Found } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { collectionsOf, entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';

export const mtlsDowngraded = defineChangeDetection({
  id: 'mtls-downgraded',
  number: 'D02',
  version: 1,
  title: 'Mutual TLS weakened for a data service',
  severity: 'critical',
  why: 'Without mutual TLS nobody knows who calls: policies that name principals match nothing, and anybody on the network may listen.',
  runbook: [
    'Compare `before` and `after` of `object`; put the stricter one back, by GitOps.',
    'Look for calls without mutual TLS to the service since (query via mesh, claims.mtls).',
    'A migration is declared as an exemption with an end.',
  ],
  evidence: ['object', 'cluster', 'before', 'after', 'port', 'host', 'by'],
  maps: {
    attack: ['T1685', 'T1557'],
    soc2: ['CC6.7', 'CC6.6', 'CC8.1'],
    iso27001: ['A.8.24', 'A.8.20'],
  },
  peers: [],
  gaps: ['Which mode held before is in no entry but a patch’s own: without it, it is undetermined.'],
  sources: ['kubernetes', 'kong'],
  on: ['policy.change'],
  compare: (change, declared) => {
    const { event, after } = change;
    if (!isDone(event)) return [];
    if (event.source === 'kong') return ofGateway(change);
    switch (textOf(after, 'kind') ?? '') {
      case 'security.istio.io/peerauthentications':
        return ofPeers(change, declared);
      case 'networking.istio.io/destinationrules':
        return ofDestinations(change);
      default:
        return [];
    }
  },
});

type Evidence = readonly [label: string, value: string | undefined];

function found({ event, after }: Change, what: string, fields: readonly Evidence[]): Found {
  const object = entityOf(event);
  return {
    key: `${textOf(after, 'cluster') ?? event.project ?? '-'} ${object}`,
    summary: `${whoOf(event)} changed TLS by ${object}: ${what}.`,
    evidence: evidence(['object', object], ['cluster', textOf(after, 'cluster')], ...fields, [
      'by',
      event.actor?.id,
    ]),
  };
}

/** `DISABLE`, and what nobody knows, is none. */
const STRENGTH: ReadonlyMap<string, number> = new Map([
  ['PERMISSIVE', 1],
  ['STRICT', 2],
]);
const weaker = (one: string, other: string): boolean => (STRENGTH.get(one) ?? 0) < (STRENGTH.get(other) ?? 0);

/** What holds: the object's own mode, else that of the next wider policy, else the mesh's default. */
function modeIn(claims: TrailClaims, wider: Change['wider']): string | undefined {
  const told = textOf(claims, 'mtlsMode');
  if (told !== undefined && told !== 'UNSET') return told;
  if (wider === undefined) return undefined;
  const parent = wider.map((one) => textOf(one, 'mtlsMode')).find((mode) => (mode ?? 'UNSET') !== 'UNSET');
  return parent ?? 'PERMISSIVE';
}

function ofPeers(change: Change, declared: DeclaredFacts): readonly Found[] {
  const { event, before, wider } = change;
  if (leavesModes(change.after)) return [];
  const gone = verbOf(event) === 'delete';
  const after = gone ? {} : change.after;
  const is = modeIn(after, wider);
  const was = before === undefined ? undefined : modeIn(before, wider);
  const ports = weakPorts(change, is);
  if (is === 'STRICT' || ports.length > 0) return ports;
  if (was !== undefined && is !== undefined) {
    return weaker(is, was)
      ? [
          found(change, `${was} to ${is}`, [
            ['before', was],
            ['after', is],
          ]),
        ]
      : [];
  }
  // Nothing may be weaker than strict where the organisation says so, whatever was before.
  const namespace = textOf(change.after, 'namespace') ?? '';
  const isProtected = declared.isProtectedNamespace(namespace) === true && is !== undefined;
  const one = found(change, is ?? (gone ? 'deleted' : 'UNSET'), [['after', is ?? 'UNSET']]);
  return [isProtected ? one : { ...one, verdict: 'undetermined' }];
}

/** A patch that is told, and says nothing of modes nor of whom they are for. */
function leavesModes(after: TrailClaims): boolean {
  const patch = parseJson(textOf(after, 'patch'));
  if (patch === undefined) return false;
  const spec = Object.hasOwn(patch, 'spec') ? obj(patch, 'spec') : {};
  return (
    spec !== undefined && !['mtls', 'portLevelMtls', 'selector'].some((field) => Object.hasOwn(spec, field))
  );
}

/** Ports that are weaker than what holds for the others, and were not before. */
function weakPorts(change: Change, mode: string | undefined): readonly Found[] {
  if (mode === undefined || verbOf(change.event) === 'delete') return [];
  const old = new Map(
    listOf(change.before ?? {}, 'portModes').map(([port = '', was = '']) => [port, was] as const),
  );
  return listOf(change.after, 'portModes').flatMap(([port = '', is = 'UNSET']) =>
    is !== 'UNSET' && weaker(is, mode) && old.get(port) !== is
      ? [
          found(change, `port ${port} is ${is}`, [
            ['before', mode],
            ['after', is],
            ['port', port],
          ]),
        ]
      : [],
  );
}

const WEAK_TLS: ReadonlySet<string> = new Set(['DISABLE', 'SIMPLE']);

/** A destination rule overrides the mutual TLS that the mesh does by itself. */
function ofDestinations(change: Change): readonly Found[] {
  const { event, before, after } = change;
  if (verbOf(event) === 'delete') return [];
  const host = listOf(after, 'hosts')[0]?.[0] ?? '';
  const modes = tlsModes(after).filter((mode) => WEAK_TLS.has(mode));
  if (!isInMesh(host, textOf(after, 'namespace'))) return [];
  const known = new Set(before === undefined ? [] : tlsModes(before));
  const fresh = modes.filter((mode) => !known.has(mode));
  return fresh.length === 0
    ? []
    : [
        found(change, `${fresh[0]} to ${host}`, [
          ['after', fresh[0]],
          ['host', host],
        ]),
      ];
}

/** A service of the gateway that is no longer reached over TLS, or by whoever answers. */
function ofGateway(change: Change): readonly Found[] {
  const { event, before, after } = change;
  if (verbOf(event) !== 'update' || collectionsOf(event).at(-1) !== 'services') return [];
  const plain =
    textOf(after, 'protocol') === 'http' && (before === undefined || textOf(before, 'protocol') !== 'http');
  const blind = after['tlsVerify'] === false && before?.['tlsVerify'] !== false;
  if (!plain && !blind) return [];
  const is = plain ? 'http' : 'certificates are not verified';
  const was = before === undefined ? undefined : textOf(before, 'protocol');
  const one = found(change, is, [
    ['before', was],
    ['after', is],
  ]);
  // A patch is the difference itself; what is written whole may have been so before.
  return [before !== undefined || event.method === 'PATCH' ? one : { ...one, verdict: 'undetermined' }];
}
