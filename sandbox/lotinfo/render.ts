import { type LotinfoClient, type LotinfoField, scalarTitles } from './model.ts';
import type { LotinfoOptions } from './options.ts';

/** A field of a read (Lotinfo API, reading clients): every field is such an object, every scalar in it a string. */
export interface LotinfoReadField {
  fieldName: string;
  fieldType: 'value' | 'contact' | 'comment' | 'object';
  fieldMulti: 'multi' | 'not_multi';
  values: Record<string, string | null>[];
}

const unix = (at: number): string => `${Math.floor(at / 1000)}`;
const bit = (on: boolean): string | null => (on ? '1' : null);
const scalar = (fieldName: string, ...values: string[]): LotinfoReadField => ({
  fieldName,
  fieldType: 'value',
  fieldMulti: 'not_multi',
  values: values.map((value) => ({ value })),
});
const multi = (fieldName: string, fieldType: LotinfoReadField['fieldType'], values: LotinfoReadField['values']): LotinfoReadField => ({
  fieldName,
  fieldType,
  fieldMulti: 'multi',
  values,
});

const scalarValue = (client: LotinfoClient, field: LotinfoField, options: LotinfoOptions): string[] => {
  const value = client.fields[field];
  if (value === undefined) return [];
  if (field !== 'birthday' || options.birthdayInReads === 'dd.mm.yyyy') return [value];
  return [unix(Date.parse(`${value.split('.').reverse().join('-')}T00:00:00Z`))];
};

/** Owned objects are asked for as `objects` and answered as `objectsList`. */
const projectionName = (name: string): string => (name === 'objectsList' ? 'objects' : name);

/** A client as a read shows it; `projection` leaves only the fields it names, and `id`. */
export function render(client: LotinfoClient, projection: ReadonlySet<string> | undefined, options: LotinfoOptions): Record<string, LotinfoReadField> {
  const all: Record<string, LotinfoReadField> = { id: scalar('ID', `${client.id}`) };
  for (const [field, title] of Object.entries(scalarTitles)) all[field] = scalar(title, ...scalarValue(client, field as LotinfoField, options));
  all.userCategory = multi(
    'Группы',
    'value',
    client.userCategory.map((value) => ({ value })),
  );
  all.addDate = scalar('Дата добавления', unix(client.addedAt));
  all.editDate = scalar('Дата изменения', unix(client.editedAt));
  all.contacts = multi('Контакты', 'contact', client.contacts.map(contact));
  all.comments = multi('Комментарии', 'comment', client.comments.map(comment));
  all.objectsList = multi('Объекты', 'object', client.objects.map(object));
  const shown = Object.entries(all).filter(
    ([name, field]) =>
      (projection === undefined || name === 'id' || projection.has(projectionName(name)) || projection.has(name)) &&
      (options.emptyFields === 'empty-values' || field.values.length > 0),
  );
  return Object.fromEntries(shown);
}

const contact = (one: LotinfoClient['contacts'][number]): Record<string, string | null> => ({
  id: `${one.id}`,
  value: one.value,
  type: one.type,
  comment: one.comment,
  general: bit(one.general),
  sky: bit(one.spy),
});

const comment = (one: LotinfoClient['comments'][number]): Record<string, string | null> => ({
  id: `${one.id}`,
  value: one.value,
  date: unix(one.at),
  userId: one.userId,
});

const object = (one: LotinfoClient['objects'][number]): Record<string, string | null> => ({
  id: `${one.id}`,
  lpr: one.lpr ? '1' : '0',
  name: one.name,
  doled: one.doled,
});
