import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { dataSession, newFolder } from './data-session.ts'

function hasShell(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':'])
    return true
  } catch {
    if (process.env['CI_REQUIRE_ALL'] === '1') throw new Error(`There is no ${shell} here`)
    return false
  }
}

/** How to ask a shell what it would complete a line to; `$script` is the file with the completion. */
const shells: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => `
    source "$script"
    COMP_WORDS=(${line} "")
    if [[ '${line}' != *' ' ]]; then unset 'COMP_WORDS[-1]'; fi
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _data_session
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (line) => `
    source "$script"
    complete -C '${line}'`,
  // The real completion, typed into a terminal: the command prints what it was called with.
  zsh: (line) => `
    zmodload zsh/zpty
    zpty shell 'TERM=dumb zsh -f -i'
    zpty -w shell "PROMPT=; fpath=(\${script:h} \\$fpath); autoload -Uz compinit; compinit -u -D; unsetopt beep"
    zpty -w shell 'data-session() { echo "<$*>" }; echo REA""DY'
    zpty -r -m shell answer '*READY*'
    zpty -w -n shell '${line}'$'\\t\\n'
    zpty -r -m shell answer '*<*>*'
    zpty -d shell
    answer=\${answer##*<}
    print -r -- \${\${answer%%>*}##* }`,
}

describe.skipIf(!hasShell('bash')).each(Object.keys(shells))('%s', (shell) => {
  let script: string

  beforeEach(async ({ skip }) => {
    skip(!hasShell(shell), `there is no ${shell} here`)
    const { code, out, err } = await dataSession(['completion', shell])
    expect([code, err]).toEqual([0, ''])
    script = join(newFolder(), '_data-session')
    writeFileSync(script, out)
  })

  const complete = (line: string): string[] =>
    execFileSync(shell, ['-c', shells[shell]!(line)], {
      encoding: 'utf8',
      env: { ...process.env, script, HOME: newFolder() },
      timeout: 30_000,
    })
      .split('\n')
      .map((line) => line.split('\t')[0]!.trim())
      .filter((word) => word !== '')

  test('completes commands, flags and words', () => {
    expect(complete('data-session creat')).toEqual(['create-table'])
    expect(complete('data-session ls --lo')).toEqual(['--long'])
    expect(complete('data-session rm --table')).toEqual(['--table-name'])
    expect(complete('data-session completion z')).toEqual(['zsh'])
  })

  test('is free of mistakes', () => {
    execFileSync(shell, ['-n', script])
  })
})
