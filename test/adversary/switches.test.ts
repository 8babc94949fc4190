/** Every choice that the vendors' documents leave open, turned the other way, under whole syncs of all four systems. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, startWorld, type WorldOptions } from '../support/world.ts';
import { life } from './life.ts';

type Options = NonNullable<WorldOptions['options']>;

/** Switches that do not touch each other are turned together. */
const VARIANTS: Record<string, Options> = {
  'as documented': {},
  'lists inside objects, empty as null; POST merges and answers the object; errors at HTTP 200; a total of all': {
    virtualpos: { jsonShape: 'object-array', emptyAs: 'null' },
    artix: { restWrite: 'merge', postAnswer: 'object' },
    lotinfo: { errorStatus: 200, emptyNotices: 'list', emptyFields: 'empty-values' },
    vodyanoy: { total: 'rows-in-all', createStatus: 201, sharedPhone: 'last' },
  },
  'a bare object for one, empty as {}; missing is 204; bad rows left out; no change time on create': {
    virtualpos: { jsonShape: 'object-single-when-one', emptyAs: '{}', scalars: 'numbers' },
    artix: { missingStatus: 204, emptyAs: 'null' },
    lotinfo: { badRow: 'leave-out', repeatedApiId: 'refuse' },
    vodyanoy: { changeTimeOnCreate: false, defaultLimit: 5 },
  },
  'all scalars as text, pages of 7; update_time and empty texts; Unix birthdays, exclusive ranges, small pages': {
    virtualpos: { scalars: 'all-strings', emptyAs: '[]', pageCap: 7 },
    artix: { missingStatus: 200, emptyAs: 'empty-text', showsUpdateTime: true },
    lotinfo: { birthdayInReads: 'unix', rangeInclusive: false, maxLimit: 9, maxBatch: 10 },
  },
  'external_id shown, dates moved by bonuses and cards; sessions and statuses checked, group ids of the server': {
    virtualpos: {
      returnsExternalId: true,
      bonusTouchesUpdateDate: true,
      cardTouchesUpdateDate: true,
      idleUpdateTouchesDate: false,
      defaultSendFlags: '',
      statusSetsDates: true,
    },
    artix: { repeatedSession: 'error', statusChecked: true, assignsGroupIds: true },
  },
  'consents 0 by default, names trimmed and cut; no lists of cards; edits by PATCH': {
    virtualpos: { defaultSendFlags: '0', trimNames: true, maxName: 12 },
    artix: { listsCards: false },
    vodyanoy: { patch: true },
  },
  'missing is an error, exact phones, get-only anywhere, nothing cleared, overdrafts; no login': {
    virtualpos: {
      missing: 'error',
      phoneMatch: 'exact',
      wrongKey: '403',
      strictGetOnly: false,
      clearByEmpty: false,
      ageSent: 'ignore',
      searchKeysSetValues: false,
      overdraft: 'allow',
    },
    artix: { basicAuth: null, overdraft: 'allow' },
  },
};

/** Artix without a login is configured without one. */
function configFor(options: Options): string {
  const config = configOf(['shop', 'tills', 'crm', 'delivery']);
  return options.artix?.basicAuth === null ? config.replaceAll('login: $LOGIN, password: { env: TILLS }', 'auth: false') : config;
}

describeStores('whole lives under switches', (openFresh) => {
  const chosen = Object.entries(VARIANTS).filter((_entry, index) => openFresh.kind === 'sqlite' || index % 3 === 2);
  it.each(chosen)(
    '%s',
    async (_name, options) => {
      const world = await startWorld(await openFresh(), { people: 60, seed: 7, options, config: configFor(options) });
      try {
        expect(await life(world)).toMatchObject({ clients: 60, shop: 60, tills: 60 });
      } finally {
        await world.stop();
      }
    },
    60_000,
  );
});
