/** Changes of what Artix replaces whole, for the kit. */
import type { ArtixSandbox } from '../../sandbox/artix/index.ts';
import { operation, type Rig, type WriteCase } from './kit.ts';

export interface ArtixRig extends Rig {
  readonly sandbox: ArtixSandbox;
}

export const changeCard: WriteCase<ArtixRig> = {
  stream: 'cards',
  kind: 'safe',
  path: /CSrest\/rest\/dictionaries\/cards$/,
  operation: ({ sandbox }) => {
    const { update_time: _, ...body } = sandbox.cards.get('card-3') ?? {};
    return operation({ action: 'update', key: 'card-3', fields: { blocked: true }, body: { ...(body as Record<string, string>), blocked: true } });
  },
  arrived: ({ sandbox }) => sandbox.cards.get('card-3')?.blocked === 1 && sandbox.cards.get('card-3')?.pincode === 'Тайный-pin',
  meanwhile: {
    key: 'card-3',
    field: 'validitydateend',
    other: 'pincode',
    values: ['2031-01-01', 'Тайный-другой'],
    edit: ({ sandbox }, fields) => sandbox.addCard({ idcard: 'card-3', ...fields }),
    holds: ({ sandbox }, field) => String(sandbox.cards.get('card-3')?.[field]),
  },
};

export const changeGroup: WriteCase<ArtixRig> = {
  stream: 'card-types',
  kind: 'safe',
  path: /dictionaries\/cardGroups$/,
  method: 'POST',
  operation: () => operation({ action: 'update', key: '1', fields: { name: 'Gold' }, body: { idcardgroup: '1', name: 'Gold' } }),
  arrived: ({ sandbox }) => sandbox.state.groups.get('1')?.name === 'Gold' && sandbox.state.groups.get('1')?.regexpattern === '[0-9]+',
  meanwhile: {
    key: '1',
    field: 'name',
    other: 'text',
    values: ['Silver', 'другая заметка'],
    edit: ({ sandbox }, fields) => sandbox.addCardGroup({ ...sandbox.state.groups.get('1'), ...fields, idcardgroup: 1 }),
    holds: ({ sandbox }, field) => String(sandbox.state.groups.get('1')?.[field]),
  },
};
