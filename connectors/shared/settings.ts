import type { ZodType } from 'zod';
import type { Context } from '../../core/context.ts';
import { ConfigError } from '../../core/errors.ts';

/** Settings with their defaults. Throws `ConfigError` naming the keys that are wrong, without their values. */
export function settingsOf<Settings>(schema: ZodType<Settings>, settings: unknown, ctx: Context): Settings {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const keys = new Set(result.error.issues.map((issue) => issue.path.map(String).join('.') || '(the whole)'));
  throw new ConfigError('CONFIG_INVALID', `${ctx.system}: settings are wrong: ${[...keys].join(', ')}`);
}
