/** What is wrong with silences that somebody made at the command line. */
import { matches } from '../alerts/routes.ts';
import { DAY_MS } from '../alerts/times.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import {
  isSamePerson,
  type MadeSilence,
  type OwnConfig,
  type Problem,
  type Silenced,
} from './own-problem.ts';

/** What is silent longer is no incident under way but an exception, and belongs into the configuration. */
const MAX_DAYS = 30;

export function silenceProblems(own: OwnConfig): readonly Problem[] {
  return own.silences
    .filter(({ until }) => until > own.now)
    .flatMap((silence) =>
      [longer(silence), critical(silence, own), shields(silence, own)].flatMap((found) =>
        found === undefined ? [] : [problemOf(silence, found)],
      ),
    );
}

interface Wrong {
  readonly what: string;
  readonly covers?: string | undefined;
}

const problemOf = ({ id, createdBy, createdAt, from, until }: MadeSilence, wrong: Wrong): Problem => ({
  artefact: `silence ${id}`,
  what: wrong.what,
  by: createdBy,
  at: createdAt,
  fields: [
    ['from', from],
    ['until', until],
    ['covers', wrong.covers],
  ],
});

const longer = ({ from, until }: MadeSilence): Wrong | undefined => {
  const ms = Date.parse(until) - Date.parse(from);
  // An end that is no time is none.
  return ms <= MAX_DAYS * DAY_MS ? undefined : { what: `it lasts more than ${MAX_DAYS} days` };
};

function critical(silence: MadeSilence, { criticalRules, alerts, teams }: OwnConfig): Wrong | undefined {
  const { rules, severities } = silence;
  const held = alerts.find((alert) => alert.severity === 'critical' && covers(silence, alert, teams));
  if (held !== undefined) return { what: 'it holds back a critical alert', covers: held.rule };
  if (severities !== undefined && !severities.includes('critical')) return undefined;
  if (rules === undefined) return { what: 'it covers every rule, critical ones among them' };
  const rule = rules.find((one) => criticalRules.has(one));
  return rule === undefined ? undefined : { what: 'it covers a critical rule', covers: rule };
}

/** Made, or owned, by somebody of whom the alerts are that it holds back. */
function shields(silence: MadeSilence, { alerts, teams }: OwnConfig): Wrong | undefined {
  const people = [silence.createdBy, silence.owner];
  const own = alerts.find(
    (alert) =>
      covers(silence, alert, teams) &&
      [alert.finding.actor, ...alert.finding.actingFor].some(
        (who) => who !== undefined && people.some((person) => isSamePerson(person, who)),
      ),
  );
  if (own !== undefined) return { what: 'it shields whoever made or owns it', covers: own.rule };
  const named = silence.keys?.find((key) => people.some((person) => names(key, person)));
  return named === undefined ? undefined : { what: 'it shields whoever made or owns it', covers: named };
}

const covers = (silence: MadeSilence, alert: Silenced, teams: OwnConfig['teams']): boolean =>
  matches(silence, alert, {
    channels: {},
    routes: [],
    silences: [],
    teams: { ...teams },
    runbooks: '',
  });

/** A key that names the person as one of its words. */
function names(key: string, person: string): boolean {
  const id = parseIdentifier(person)?.id;
  return key.split(' ').some((word) => word === person || (id !== undefined && word === id));
}
