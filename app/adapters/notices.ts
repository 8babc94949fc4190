/** What vendors call back, kept in the store: the process that sends and the one that listens may be two. */
import type { Store } from '../../canonical/open.ts';
import {
  closeNotices,
  forgetNotices,
  insertNotices,
  type NoticeRow,
  noticeById,
  noticesOfBatch,
  openNotices,
  patchNotice,
} from '../../canonical/stores/notices.ts';
import type { Clock } from '../../core/context.ts';
import type { Notice, Notices } from '../../core/notices.ts';

/** By then whatever was sent has been settled. */
const FORGET_MS = 30 * 86_400_000;

/** The notices of one system. Its number is asked for with the first use: it is given when the store comes to know the system. */
export function storedNotices(store: Store, clock: Clock, systemId: () => number): Notices {
  const { db } = store;
  return {
    async issue(notices) {
      const now = clock.now();
      await forgetNotices(db, systemId(), now - FORGET_MS);
      await insertNotices(
        db,
        notices.map((notice) => ({ ...notice, system_id: systemId(), told: null, closed: 0, issued_at: now, told_at: null })),
      );
    },
    open: async (topic, since) => (await openNotices(db, systemId(), topic, since)).map(noticeOf),
    async find(id) {
      const row = await noticeById(db, systemId(), id);
      return row === undefined ? null : noticeOf(row);
    },
    batch: async (batch) => (await noticesOfBatch(db, systemId(), batch)).map(noticeOf),
    tell: (id, told, closed) => patchNotice(db, systemId(), id, { told, closed: closed ? 1 : 0, told_at: clock.now() }),
    close: (batch) => closeNotices(db, systemId(), batch),
  };
}

function noticeOf(row: NoticeRow): Notice {
  const { id, reply, batch, topic, told } = row;
  return { id, reply, batch, topic, told, closed: Number(row.closed) === 1 };
}
