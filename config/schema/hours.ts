/** Hours of the day in which something is or is not done. */
import * as z from 'zod';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day such as 08:30');

interface Said {
  readonly description: string;
  readonly example: string;
}

/** From a time of the day to another, on some days of the week; `days` describes which those are. */
export const hoursSchema = (from: Said, to: Said, days: string) =>
  z.strictObject({
    from: timeOfDay.meta({ ...from }),
    to: timeOfDay.meta({ ...to }),
    days: z
      .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
      .min(1)
      .optional()
      .meta({ description: days }),
  });
