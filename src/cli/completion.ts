import { Argument, Command } from 'commander'
import { examples } from './command.ts'
import { completionScripts } from './completion-scripts.ts'
import type { Terminal } from './terminal.ts'

export function completion(terminal: Terminal): Command {
  const shells = Object.keys(completionScripts)
  const command = new Command('completion')
    .summary('print a script that completes this command in a shell')
    .description('Prints a script that lets a shell complete the names of commands and flags.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      examples(
        'source <(data-session completion bash)                                # or in ~/.bashrc',
        'data-session completion zsh > "${fpath[1]}/_data-session"',
        'data-session completion fish > ~/.config/fish/completions/data-session.fish',
      ),
    )
    .action(async (shell: string) => {
      const commands = command.parent?.commands ?? []
      const script = completionScripts[shell]
      if (script) await terminal.out(script(commands))
    })
  return command
}
