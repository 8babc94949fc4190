/** Asks before something is done that others will feel. */
import { ConfigError } from '../../core/errors.ts';
import type { Invocation } from './host.ts';

/** Shows what will happen and asks; true without asking for `yes`. Throws `ConfigError` where there is no terminal to ask on. */
export async function confirmed(invocation: Invocation, text: string, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  invocation.io.err(`${text}\n\n`);
  const answer = await invocation.io.ask(`${question} [y/N] `);
  if (answer === null) throw new ConfigError('CONFIG_USAGE', 'this has to be confirmed, and there is no terminal to ask on', { hint: 'Say --yes.' });
  return /^(y|yes|д|да)$/i.test(answer.trim());
}
