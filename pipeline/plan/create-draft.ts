/** What is to be created for an entity that is not there. */
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import type { Folded } from '../fold/folded.ts';
import type { Known } from '../fold/voices.ts';
import { type Changes, valuesForCreate } from './diff.ts';
import type { Draft } from './draft.ts';
import { wantsCreate } from './filter.ts';
import { reasonOf } from './reason.ts';
import type { PlanTarget } from './target.ts';

/** Null where nothing is created. `doubted`: a review asks who it is; `moved`: a migration takes it there, whatever the policy says. */
export function createDraft(target: PlanTarget, kind: FoldedKind, one: Known, folded: Folded, doubted: boolean, moved: boolean): Draft | null {
  const { port, mapping, policy, system, whole } = target;
  if (!port.capabilities.create || !(moved || wantsCreate(policy, folded.values))) return null;
  const values = valuesForCreate(mapping, folded.values, port.takes);
  if (Object.keys(values).length === 0) return null;
  const changes: Changes = Object.fromEntries(Object.entries(values).map(([field, after]) => [field, { before: null, after }]));
  const base = {
    action: 'create',
    entity: kind,
    entityId: one.id,
    programmeId: 0,
    recordId: null,
    changes,
    reason: reasonOf(folded, Object.keys(changes)),
  } as const;
  if (doubted) return { ...base, state: 'held', why: 'identity: a review asks whether this is somebody who is there already', needsPerson: false };
  if (!whole && system.creates !== 'blind')
    return { ...base, state: 'held', why: 'unseen: the system was not read whole in this run, so it cannot be seen what is there', needsPerson: false };
  if (folded.undecided.length > 0) return { ...base, state: 'held', why: 'undecided: a review asks which value is right', needsPerson: false };
  return { ...base, state: 'ready', why: null, needsPerson: false };
}
