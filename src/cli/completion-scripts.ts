import type { Command } from 'commander'

/** What completes the commands of the program, by shell. */
export const completionScripts: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

interface Flag {
  readonly names: readonly string[]
  readonly long: string | undefined
  readonly short: string | undefined
  readonly description: string
  readonly takesValue: boolean
}

/** What can follow the command: its flags, and the words that an argument of it can be. */
function flagsOf(command: Command): Flag[] {
  const own = command.options.map(
    ({ long, short, description, required }): Flag => ({
      names: [short, long].filter((name) => name !== undefined),
      long,
      short,
      description,
      takesValue: required,
    }),
  )
  return [
    ...own,
    { names: ['-h', '--help'], long: '--help', short: '-h', description: 'display help', takesValue: false },
  ]
}

function wordsOf(command: Command): string[] {
  return command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
}

function bashScript(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const flags = flagsOf(command)
    const withValue = flags.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names)
    const words = [...flags.flatMap(({ names }) => names), ...wordsOf(command)]
    return `    ${command.name()})
      values='${withValue.join(' ')}'
      words='${words.join(' ')}'
      ;;`
  })
  const names = commands.map((command) => command.name()).join(' ')
  return `# bash completion for data-session
_data_session() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} values='' words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names} help --help' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
    help)
      words='${names}'
      ;;
${cases.join('\n')}
  esac
  # Behind a flag with a value comes that: most of them are paths.
  if [[ $previous == -* && " $values " == *" $previous "* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o filenames -F _data_session data-session
`
}

function zshScript(commands: readonly Command[]): string {
  const summaries = commands.map((command) => `    ${zshText(command.name(), command.summary())}`)
  const cases = commands.map((command) => {
    const flags = flagsOf(command).flatMap(({ names, description, takesValue }) =>
      names.map((name) => {
        const value = takesValue ? ':value:_files' : ''
        return `        ${shellQuoted(`${name}[${description.replace(/[[\]\\:]/g, '\\$&')}]${value}`)}`
      }),
    )
    const words = wordsOf(command)
    const rest = words.length === 0 ? [] : [`        ${shellQuoted(`1:word:(${words.join(' ')})`)}`]
    return `    ${command.name()})\n      _arguments \\\n${[...flags, ...rest].join(' \\\n')}\n      ;;`
  })
  return `#compdef data-session
_data_session() {
  local -a commands=(
${summaries.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
    help)
      _describe command commands
      ;;
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _data-session ]]; then
  _data_session "$@"
else
  compdef _data_session data-session
fi
`
}

function zshText(name: string, description: string): string {
  return shellQuoted(`${name}:${description.replace(/[\\:]/g, '\\$&')}`)
}

function fishScript(commands: readonly Command[]): string {
  const lines = ['# fish completion for data-session', 'complete -c data-session -f']
  for (const command of commands) {
    const name = command.name()
    const isNamed = `__fish_seen_subcommand_from ${name}`
    lines.push(
      `complete -c data-session -n __fish_use_subcommand -a ${name} -d ${shellQuoted(command.summary())}`,
    )
    for (const { long, short, description, takesValue } of flagsOf(command)) {
      const words = [
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
        `-d ${shellQuoted(description)}`,
        ...(takesValue ? ['-r -F'] : []),
      ]
      lines.push(`complete -c data-session -n '${isNamed}' ${words.join(' ')}`)
    }
    const choices = wordsOf(command)
    if (choices.length > 0) lines.push(`complete -c data-session -n '${isNamed}' -a '${choices.join(' ')}'`)
  }
  return `${lines.join('\n')}\n`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
