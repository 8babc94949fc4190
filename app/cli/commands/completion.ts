/** `sverka completion`: scripts by which shells complete commands, options, and the names of your systems. */
import { Argument, Command, Option } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { candidates } from '../completion.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function completionCommand(run: Runner): Command {
  const command = new Command('completion')
    .description(
      "Print the script by which a shell completes commands, options and the names of your systems. Its place: ~/.local/share/bash-completion/completions/sverka, a file _sverka in a directory of zsh's fpath, or ~/.config/fish/completions/sverka.fish.",
    )
    .addArgument(new Argument('[shell]', 'whose script').choices([...SHELLS]))
    .addOption(new Option('--words <words...>', 'what may stand in place of the last of these').hideHelp());
  return withExample(command.action(run(completion)), 'sverka completion bash');
}

async function completion(invocation: Invocation, shell: Shell | undefined, options: { readonly words?: readonly string[] }, self: Command): Promise<Answer> {
  if (options.words !== undefined) return wordsAnswer(invocation, options.words, self.parent ?? self);
  if (shell === undefined)
    throw new ConfigError('CONFIG_USAGE', `which shell? There are ${SHELLS.join(', ')}`, { hint: 'Say sverka completion bash, zsh or fish.' });
  return { code: 0, data: { shell, script: SCRIPTS[shell] }, text: SCRIPTS[shell].trimEnd() };
}

/** The shells pass each word behind an `=`, so that none is taken for an option of this command. */
async function wordsAnswer(invocation: Invocation, given: readonly string[], program: Command): Promise<Answer> {
  const { systemNames } = await import('../system-names.ts');
  const words = given.map((word) => word.replace(/^=/, ''));
  const at = words.findIndex((word) => word === '--config' || word === '-c');
  const file = (at < 0 ? undefined : words[at + 1]) ?? invocation.options.config;
  const found = candidates(program, words, { systems: await systemNames(file) });
  return { code: 0, data: found, text: found.map(({ word, about }) => (about === '' ? word : `${word}\t${about}`)).join('\n') };
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# sverka: completion for bash
_sverka() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(sverka completion --words "\${words[@]/#/=}" 2>/dev/null | cut -f1))
}
complete -o default -F _sverka sverka
`,
  zsh: `#compdef sverka
# sverka: completion for zsh
_sverka() {
  local line
  local -a typed lines found
  typed=("\${(@)words[2,CURRENT]}")
  lines=("\${(@f)$(sverka completion --words "\${(@)typed/#/=}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe sverka found; else _files; fi
}
if [[ $funcstack[1] == _sverka ]]; then _sverka "$@"; else compdef _sverka sverka; fi
`,
  fish: `# sverka: completion for fish
function __sverka_words
    set -l typed (commandline -opc) (commandline -ct)
    sverka completion --words =$typed[2..-1] 2>/dev/null
end
complete -c sverka -f -a '(__sverka_words)'
complete -c sverka -s c -l config -r -F -d configuration
`,
};
