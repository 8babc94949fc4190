/** Questions with a choice, a default or a check, on a terminal. Made of @inquirer/prompts; what is typed as a secret is not shown. */
import { TransientError } from '../../core/errors.ts';

export interface Prompts {
  /** A text; `check` answers what is wrong with it, or true. */
  text(question: string, options?: { readonly preset?: string; readonly check?: (value: string) => true | string | Promise<true | string> }): Promise<string>;
  secret(question: string): Promise<string>;
  yes(question: string, preset: boolean): Promise<boolean>;
  choose<T extends string>(question: string, choices: readonly { readonly value: T; readonly name: string }[]): Promise<T>;
}

/** The real ones, on stderr, so that stdout holds nothing but the answer. A question at which Ctrl-C is typed throws `TransientError`. */
export async function terminalPrompts(signal: AbortSignal): Promise<Prompts> {
  const { confirm, input, password, select } = await import('@inquirer/prompts');
  const context = { output: process.stderr, signal };
  const ask = async <T>(prompt: Promise<T>): Promise<T> => {
    try {
      return await prompt;
    } catch (cause) {
      const left = cause instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(cause.name);
      if (!left) throw cause;
      throw new TransientError('RUN_INTERRUPTED', 'stopped at a question; nothing was written', { hint: 'Run the command again.' });
    }
  };
  return {
    text: async (message, { preset, check } = {}) =>
      (await ask(input({ message, ...(preset === undefined ? {} : { default: preset }), validate: (value) => check?.(value.trim()) ?? true }, context))).trim(),
    secret: async (message) => (await ask(password({ message, mask: '*' }, context))).trim(),
    yes: (message, preset) => ask(confirm({ message, default: preset }, context)),
    choose: (message, choices) => ask(select({ message, choices: [...choices] }, context)),
  };
}
