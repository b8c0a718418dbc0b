import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const SCRIPT = join(import.meta.dirname, 'perl-serializers.pl')

/** A Perl process with the modules that wrote the stores; undefined where there is no Perl. */
export async function startPerl() {
  if (spawnSync('perl', ['-MJSON::PP', '-MTime::HiRes', '-e', '1']).status !== 0) return undefined
  const child = spawn('perl', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async () => {
    const { value, done } = await lines.next()
    const answer = done ? { error: 'Perl has ended' } : JSON.parse(value)
    if (answer.error) throw new Error(answer.error)
    return answer
  }
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return read()
  }
  const { perl, missing } = await read()
  return {
    version: perl,
    /** Why a codec cannot be measured; null when it can. */
    missing: (codec) => missing[codec],
    /** Gives it the records, as JSON text, that the next measurements are about. */
    load: (records) => ask({ records }),
    /** The nanoseconds of one call. */
    async time(codec, direction, count) {
      if (missing[codec]) throw new Error(missing[codec])
      const { seconds } = await ask({ codec, direction, count })
      return Math.max((seconds * 1e9) / count, 1)
    },
    async end() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
