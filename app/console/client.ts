/** One client for people: what is kept, where each value comes from, who lost and why. Values are shown whole. */
import type { Store } from '../../canonical/open.ts';
import { childrenOf, entityRow, reviewsOfEntity } from '../../canonical/stores/console.ts';
import { programmeNames } from '../../canonical/stores/ledger.ts';
import { operationsOfEntity } from '../../canonical/stores/operations.ts';
import { FIELDS, type Value } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import { fold } from '../../pipeline/fold/fold.ts';
import { KEPT_APART, type Voice } from '../../pipeline/fold/folded.ts';
import { type Known, loadKnown } from '../../pipeline/fold/voices.ts';
import { stampOf } from '../../pipeline/land/stamps.ts';
import { sideOf } from '../../pipeline/land/view.ts';
import { accountsOfClients, membersOf } from '../../pipeline/ledger/accounts.ts';
import { canonicalBalance, openingChoices } from '../../pipeline/ledger/openings.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import type { ClientBalance, ClientView, FieldOrigin } from './client-view.ts';
import { decisionsAbout } from './identity.ts';
import { shownValue } from './values.ts';

const ORDER = new Map(FIELDS.map((field, index) => [field.name, index]));

/** Everything known of one client; null where there is none with that number. */
export async function clientView(store: Store, setup: RunSetup, id: number): Promise<ClientView | null> {
  const { db } = store;
  if ((await entityRow(db, 'client', id)) === undefined) return null;
  const known = (await loadKnown(db, setup, 'client', [id])).get(id);
  if (known === undefined) return null;
  const nameOf = (system: number): string => setup.systems.find((one) => one.id === system)?.name ?? `#${system}`;
  const { cards } = await childrenOf(db, id);
  return {
    id,
    fields: originsOf(known, setup),
    records: known.rows.map((row) => {
      const link = known.links.find((one) => one.record_id === row.id);
      const evidence = link?.evidence == null ? null : (JSON.parse(link.evidence) as { with?: unknown; why?: unknown });
      const other = known.rows.find((one) => one.id === evidence?.with);
      return {
        record: row.id,
        system: nameOf(row.system_id),
        stream: row.stream,
        key: row.record_key,
        state: row.state,
        rule: link?.rule ?? '',
        with: other === undefined ? null : `${nameOf(other.system_id)}/${other.record_key}`,
        why: typeof evidence?.why === 'string' ? evidence.why : null,
      };
    }),
    decisions: await decisionsAbout(
      store,
      setup,
      known.rows.map((row) => row.id),
    ),
    cards: cards.map((card) => ({
      id: Number(card['id']),
      number: String(card['number'] ?? ''),
      type: String(card['type'] ?? ''),
      status: String(card['status'] ?? ''),
    })),
    balances: await balancesOf(store, setup, id),
    operations: (await operationsOfEntity(db, 'client', id)).slice(0, 20).map((row) => ({
      id: row.id,
      system: nameOf(row.system_id),
      stream: row.stream,
      action: row.action,
      state: row.state,
      why: row.why,
      at: row.changed_at,
    })),
    reviews: await reviewsOfEntity(db, 'client', id),
  };
}

/** The fold done again over what the records say now, so that it explains what is and not what was noted. */
function originsOf(known: Known, setup: RunSetup): FieldOrigin[] {
  const folded = fold('client', known.voices, known.overrides, setup.policies);
  const rows = new Map(known.rows.map((row) => [row.id, row]));
  const voices = new Map(known.voices.map((voice) => [voice.recordId, voice]));
  const show = (field: string, value: Value | undefined): string => shownValue('client', field, value, true);
  const own = Object.keys(folded.provenance).filter((field) => folded.provenance[field]?.rule === KEPT_APART);
  const fields = [...Object.keys(folded.values).filter((field) => !isEmpty(folded.values[field]) || folded.provenance[field] !== undefined), ...own];
  fields.sort((a, b) => (ORDER.get(a) ?? 1000) - (ORDER.get(b) ?? 1000) || (a < b ? -1 : 1));
  return fields.map((field) => {
    const source = folded.provenance[field] ?? folded.provenance['*'];
    const voice = source === undefined ? undefined : voices.get(source.record);
    const stamp = stampFor(voice, field);
    return {
      field,
      value: show(field, folded.values[field]),
      absent: folded.values[field] === undefined ? 'own' : isEmpty(folded.values[field]) ? 'emptied' : null,
      system: voice?.system ?? null,
      key: voice === undefined ? null : (rows.get(voice.recordId)?.record_key ?? null),
      after: stamp?.after ?? null,
      notAfter: stamp?.notAfter ?? null,
      how: stamp?.how ?? null,
      rule: source?.rule ?? 'unknown',
      losers: (source?.losers ?? []).map((loser) => {
        const lost = voices.get(loser.record);
        return {
          system: lost?.system ?? '',
          key: rows.get(loser.record)?.record_key ?? '',
          value: lost === undefined ? '' : show(field, sideOf(lost.view, field)?.said),
          notAfter: stampFor(lost, field)?.notAfter ?? null,
          why: loser.why,
        };
      }),
    };
  });
}

function stampFor(voice: Voice | undefined, field: string): ReturnType<typeof stampOf> | null {
  if (voice === undefined) return null;
  return sideOf(voice.view, field)?.stamp ?? stampOf(voice.view.stamps, field, voice.view.sources.get(field) ?? []);
}

async function balancesOf(store: Store, setup: RunSetup, id: number): Promise<ClientBalance[]> {
  const accounts = await accountsOfClients({ store, setup }, [id]);
  const names = await programmeNames(store.db);
  const choices = await openingChoices(store.db, [id]);
  const points = (minor: number): string => shownValue('account', 'balance', Number(minor), true);
  const programmes = [...new Set(accounts.map((account) => account.row.programme_id))];
  return programmes.map((programme) => {
    const group = accounts.filter((account) => account.row.programme_id === programme);
    const balance = canonicalBalance(setup.policies, id, programme, membersOf({ setup }, group), choices);
    return {
      programme: names.get(programme) ?? `#${programme}`,
      balance: balance.undecided ? null : points(balance.total),
      accounts: group.map((account) => ({
        system: setup.systems.find((system) => system.id === account.name.system_id)?.name ?? `#${account.name.system_id}`,
        key: account.name.record_key,
        shown: points(account.row.observed),
        agreed: points(account.row.agreed),
        moved: points(account.moved),
        owed: points(account.row.owed),
      })),
    };
  });
}
