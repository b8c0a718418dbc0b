import { once } from 'node:events'
import { setImmediate as breathe } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { Stopped } from './stopped.ts'
import type { Terminal } from './terminal.ts'

/** As a shell says that a signal ended a program. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** The terminal that this process has. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process
  const stop = new AbortController()
  for (const [signal, exitCode] of Object.entries(signals)) {
    // A second one ends the process as it would without us.
    process.once(signal, () => stop.abort(new Stopped(exitCode)))
  }
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read it has seen enough: `| head`.
    if (error.code === 'EPIPE') stop.abort(new Stopped(0))
    else if (!stop.signal.aborted) throw error
  })
  stderr.on('error', () => {})
  return {
    environment: process.env,
    directory: process.cwd(),
    out: async (text) => {
      if (!stdout.write(text)) await once(stdout, 'drain', { signal: stop.signal })
      // Signals, and the news that nobody reads, come between turns only.
      await breathe()
    },
    err: (text) => void stderr.write(text),
    screens: { out: isatty(1), err: isatty(2) },
    columns: stdout.columns ?? 80,
    stopped: stop.signal,
  }
}
