import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Guard } from './guard.ts'
import { programPath } from './installed.ts'
import { freePort } from './ports.ts'
import { giveTo, type User } from './user.ts'

/** Where a server is. */
export interface Place {
  /** On 127.0.0.1. */
  readonly port: number
  /** A temporary folder of its own, removed when it is stopped. */
  readonly folder: string
}

/** A running server. */
export interface Service extends Place {
  /** The path of its Unix socket, if it has one. */
  readonly socket?: string | undefined
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
  /** Sends a signal and waits until the process has ended. Folder and port stay, for `restart`. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops the process where it is: connections stay open, nothing is answered. */
  pause(): void
  /** The end of `pause`. */
  resume(): void
  /** Starts it on the same port with the same folder. If it is running it is ended in good order first. */
  restart(): Promise<void>
}

/** Runs a program to its end as the server's user, in its folder; throws what it said when it failed. */
export type Run = (program: string, args: readonly string[], input?: string) => Promise<void>

/** How to run a server. */
export interface Plan {
  readonly program: string
  args(place: Place): readonly string[]
  /** Of the environment, besides what this process has. */
  variables?(place: Place): Readonly<Record<string, string>>
  /** Throws, or answers false, for as long as the server is not ready. */
  isReady(place: Place): Promise<unknown>
  /** Called before the first start: make its files. */
  prepare?(place: Place, run: Run): Promise<void>
  /** Of the Unix socket. */
  socket?(place: Place): string
  readonly user?: User
}

/** Milliseconds that a server may take to be ready. */
const PATIENCE = 30_000

/** Starts a server on a free port, in a new folder, and answers when it is ready. */
export async function startService(plan: Plan): Promise<Service> {
  for (let tries = 1; ; tries += 1) {
    const server = new Server(plan, await freePort())
    try {
      await server.prepare()
      await server.start()
      return server
    } catch (error) {
      await server.stop()
      // Somebody else may have taken the port meanwhile.
      if (tries === 3) throw error
    }
  }
}

class Server implements Service {
  readonly folder: string
  readonly socket: string | undefined
  readonly #guard: Guard
  #child: ChildProcess | undefined

  constructor(
    private readonly plan: Plan,
    readonly port: number,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), `${plan.program}-`))
    this.socket = plan.socket?.(this)
    this.#guard = new Guard(this.folder)
    giveTo(plan.user ?? {}, this.folder)
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async prepare(): Promise<void> {
    await this.plan.prepare?.(this, async (program, args, input = '') => {
      const child = this.#spawn(program, args, 'pipe')
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
      await ended(child)
      if (child.exitCode !== 0) throw this.#failure(`${program} failed`)
    })
  }

  async start(): Promise<void> {
    const child = this.#spawn(this.plan.program, this.plan.args(this), 'ignore')
    this.#child = child
    child.unref()
    this.#guard.watch(child.pid)
    child.once('exit', () => {
      if (this.#child === child) this.#guard.watch(undefined)
    })
    const giveUp = performance.now() + PATIENCE
    while (!(await this.#isReady())) {
      if (hasEnded(child)) throw this.#failure(`${this.plan.program} ended at once`)
      if (performance.now() > giveUp) throw this.#failure(`${this.plan.program} did not get ready`)
      await delay(10)
    }
  }

  async stop(): Promise<void> {
    await this.kill('SIGKILL')
    await this.#guard.end()
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || hasEnded(child)) return
    child.kill(signal)
    child.kill('SIGCONT') // A paused one would not notice.
    await ended(child)
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
    const giveUp = performance.now() + PATIENCE
    while (!areThreadsStopped(this.pid) && performance.now() < giveUp) Atomics.wait(moment, 0, 0, 1)
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  async restart(): Promise<void> {
    await this.kill('SIGTERM')
    await this.start()
  }

  #spawn(program: string, args: readonly string[], input: 'pipe' | 'ignore'): ChildProcess {
    const log = openSync(join(this.folder, 'log'), 'a')
    try {
      const child = spawn(programPath(program), args, {
        cwd: this.folder,
        env: { ...process.env, ...this.plan.variables?.(this) },
        stdio: [input, log, log],
        ...this.plan.user,
      })
      child.on('error', () => {})
      return child
    } finally {
      closeSync(log)
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await this.plan.isReady(this)) !== false
    } catch {
      return false
    }
  }

  #failure(what: string): Error {
    const log = readFileSync(join(this.folder, 'log'), 'utf8')
    return new Error(`${what}. The end of what it said:\n${log.slice(-2000)}`)
  }
}

const moment = new Int32Array(new SharedArrayBuffer(4))

/** Each thread stops only when it is its turn to run; until then it may still answer. Known of Linux only. */
function areThreadsStopped(pid: number): boolean {
  const folder = `/proc/${pid}/task`
  if (!existsSync(folder)) return true
  return readdirSync(folder).every((thread) =>
    /\) [TZX] /.test(readFileSync(`${folder}/${thread}/stat`, 'latin1')),
  )
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined
}

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await new Promise((settle) => child.once('exit', settle))
}
