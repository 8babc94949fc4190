/** Every choice that the vendors' documents leave open, turned the other way, under whole syncs of all four systems. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, startWorld, type WorldOptions } from '../support/world.ts';
import { life } from './life.ts';

type Options = NonNullable<WorldOptions['options']>;

const VARIANTS: Record<string, Options> = {
  'as documented': {},
  'JSON as an object of an array, empty as null': { virtualpos: { jsonShape: 'object-array', emptyAs: 'null' } },
  'JSON with a bare object for one, empty as {}': { virtualpos: { jsonShape: 'object-single-when-one', emptyAs: '{}' } },
  'JSON with a bare object for one, empty as []': { virtualpos: { jsonShape: 'object-single-when-one', emptyAs: '[]' } },
  'scalars as numbers': { virtualpos: { scalars: 'numbers', emptyAs: 'null' } },
  'all scalars as text': { virtualpos: { scalars: 'all-strings' } },
  'external_id is returned': { virtualpos: { returnsExternalId: true } },
  'pages of 50 at most': { virtualpos: { pageCap: 7 } },
  'bonuses and cards touch the update date': { virtualpos: { bonusTouchesUpdateDate: true, cardTouchesUpdateDate: true } },
  'an idle update does not touch the date, no default consents, dates set by status': { virtualpos: { idleUpdateTouchesDate: false, defaultSendFlags: '', statusSetsDates: true } },
  'consents 0 by default, names trimmed and cut': { virtualpos: { defaultSendFlags: '0', trimNames: true, maxName: 12 } },
  'missing is an error, the phone filter exact, wrong keys 403': { virtualpos: { missing: 'error', phoneMatch: 'exact', wrongKey: '403' } },
  'get-only parameters anywhere, empty does not clear, age ignored': { virtualpos: { strictGetOnly: false, clearByEmpty: false, ageSent: 'ignore', searchKeysSetValues: false } },
  'overdraft allowed': { virtualpos: { overdraft: 'allow' }, artix: { overdraft: 'allow' } },
  'POST merges and answers the object': { artix: { restWrite: 'merge', postAnswer: 'object' } },
  'missing is 204, empties as null': { artix: { missingStatus: 204, emptyAs: 'null' } },
  'missing is 200, empties as text, update_time shown': { artix: { missingStatus: 200, emptyAs: 'empty-text', showsUpdateTime: true } },
  'update_time shown': { artix: { showsUpdateTime: true } },
  'a repeated session is an error, statuses are checked': { artix: { repeatedSession: 'error', statusChecked: true } },
  'group ids of the server': { artix: { assignsGroupIds: true } },
  'no login': { artix: { basicAuth: null } },
  'no lists of cards': { artix: { listsCards: false } },
  'errors at HTTP 200, empty notices, empty values': { lotinfo: { errorStatus: 200, emptyNotices: 'list', emptyFields: 'empty-values' } },
  'bad rows left out, repeated ids refused': { lotinfo: { badRow: 'leave-out', repeatedApiId: 'refuse' } },
  'birthdays as Unix time, exclusive ranges, small pages and batches': { lotinfo: { birthdayInReads: 'unix', rangeInclusive: false, maxLimit: 9, maxBatch: 10 } },
  'a total of all, 201, the last of a shared phone': { vodyanoy: { total: 'rows-in-all', createStatus: 201, sharedPhone: 'last' } },
  'no change time on create, short lists': { vodyanoy: { changeTimeOnCreate: false, defaultLimit: 5 } },
  'edits by PATCH': { vodyanoy: { patch: true } },
};

/** Artix without a login is configured without one. */
function configFor(options: Options): string {
  const config = configOf(['shop', 'tills', 'crm', 'delivery']);
  return options.artix?.basicAuth === null ? config.replaceAll('login: $LOGIN, password: { env: TILLS }', 'auth: false') : config;
}

describeStores('whole lives under switches', (openFresh) => {
  it.each(Object.entries(VARIANTS))('%s', async (_name, options) => {
    const world = await startWorld(await openFresh(), { people: 60, seed: 7, options, config: configFor(options) });
    try {
      expect(await life(world)).toMatchObject({ clients: 60, shop: 60, tills: 60 });
    } finally {
      await world.stop();
    }
  });
});
