import type { Logger } from './contracts/services.ts'

/** A logger that lets through what `verbose` asks for: 1 warnings, 2 also every step. `log` is always heard. */
export function makeLogger(
  verbose: number,
  target: Logger = standardError,
): Logger & { log: (message: string) => void } {
  const log = (message: string): void => target.debug(message)
  const silent = (): void => {}
  return {
    warn: verbose >= 1 ? (message) => target.warn(message) : silent,
    debug: verbose >= 2 ? log : silent,
    log,
  }
}

const writeLine = (message: string): void => {
  process.stderr.write(`# ${message}\n`)
}

const standardError: Logger = { warn: writeLine, debug: writeLine }
