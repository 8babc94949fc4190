/** How long what is over is remembered. */
import * as z from 'zod';

const days = (least: number, silent: number, what: string) =>
  z
    .int()
    .min(least)
    .max(36_500)
    .default(silent)
    .meta({ description: `Days for which ${what} are kept.` });

/** Two pushes of the same value in a week are remembered to stop the third; a day is for clocks. */
const PING_PONG_DAYS = 8;

export const retentionSchema = z
  .strictObject({
    runs: days(1, 180, 'runs and their reports (the last of each kind stays)'),
    operations: days(
      PING_PONG_DAYS,
      365,
      'operations that are over (never forgotten: what waits, creates that were sent, adjustments that were made, and those whose value is still held)',
    ),
    quarantine: days(1, 90, 'records that were set aside and are cured or gone'),
    reviews: days(1, 90, 'questions that fell away (decisions are never forgotten)'),
    pushLog: days(PING_PONG_DAYS, 30, 'deliveries of single fields'),
  })
  .prefault({});
