import { spawn } from 'node:child_process'
import { commandFolders, findProgram } from './find-program.ts'
import type { Flock, LockKind } from './flock.ts'

const OPTIONS = { shared: '-sn', exclusive: '-xn' } as const

const REMARK =
  'Files are locked by the command flock, which takes milliseconds; the package koffi (npm install koffi) takes ' +
  'microseconds'

/** What the command exits with when the lock is taken. */
const TAKEN = 1

/**
 * The command `flock`, run on a descriptor that it inherits: the lock belongs to the open file, so that it stays ours
 * when the command has ended. About 6 ms. `undefined` when the command is not in the PATH.
 */
export function flockCommand(): Flock | undefined {
  const command = findProgram('flock', commandFolders())
  return command === undefined ? undefined : { remark: REMARK, tryLock: (fd, kind) => run(command, fd, kind) }
}

function run(command: string, fd: number, kind: LockKind): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [OPTIONS[kind], '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (code === 0 || code === TAKEN) resolve(code === 0)
      else reject(new Error(`The command ${command} ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}
