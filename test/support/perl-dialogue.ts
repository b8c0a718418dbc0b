import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** Runs a Perl program, which answers one question after another, a line each, until the end of the test. */
export function startPerl(script: string, ...words: string[]): (...words: string[]) => Promise<string> {
  const child = spawn('perl', [script, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  onTestFinished(() => {
    child.stdin.end()
  })
  return async (...question) => {
    child.stdin.write(`${question.join(' ')}\n`)
    const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(20_000) })) as [string]
    return line
  }
}
