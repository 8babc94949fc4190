/** Edits of the shipped mappings, of every kind that matters. */
import { type EditedWorld, SHOP, swap } from './activation-kit.ts';

/** Each makes something else of the stored records. */
export const EDITS: Readonly<Record<string, (world: EditedWorld) => void | Promise<void>>> = {
  'two fields swapped': ({ edit }) => edit(SHOP, swap('lname', 'fname')),
  'a code table changed': ({ edit }) => edit(SHOP, swap('M: male', 'M: female')),
  'a date pattern broken': ({ edit }) => edit('artix/clients.yaml', (text) => text.replace('pattern: yyyy-MM-dd, minYear', 'pattern: dd.MM.yyyy, minYear')),
  'a pattern of the time of change broken': ({ edit }) => edit(SHOP, (text) => text.replace('yyyy-MM-dd HH:mm:ss', 'yyyy-mm-dd HH:MM:ss')),
  'the time of change taken from elsewhere': ({ edit }) => edit(SHOP, swap('last_update_date', 'created_date')),
  'a field dropped': ({ edit }) => edit(SHOP, (text) => text.replace(/^ {2}email:.*\n/m, '').replace('ignored:\n', 'ignored:\n  email: dropped by a test\n')),
  'a field sent to the attributes': ({ edit }) => edit(SHOP, (text) => text.replace(/^ {2}email:.*$/m, '  attributes.virtualpos.email: email')),
  'a vendor field taken along': ({ edit }) =>
    edit(SHOP, (text) =>
      text.replace(/^ {2}age:.*\n/m, '').replace('ignored:\n', '  attributes.virtualpos.age: { from: age, as: raw, only: pull }\nignored:\n'),
    ),
  'an override in the configuration': ({ reconfigure }) =>
    reconfigure((config) =>
      config.replace(
        '{ vendor: virtualpos,',
        '{ vendor: virtualpos, overrides: { clients: { fields: { email: null }, ignored: { email: kept by this firm } } },',
      ),
    ),
};
