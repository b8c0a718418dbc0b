import { isAnswer } from './failures.ts'

/** What ioredis has a command in, from the call until the answer. */
export interface Command {
  /** What is written to the socket, each time that it is. */
  toWritable(socket: Socket): string | Buffer
  reject(error: Error): void
}

interface Socket {
  readonly destroyed?: boolean
  readonly writableCorked?: number
  cork?(): void
  uncork?(): void
}

// Has an answer as every command must, and no effect.
const nothing = '*1\r\n$4\r\nPING\r\n'

/**
 * Watches one command while ioredis has it. ioredis keeps what cannot be sent, and sends again what was not answered
 * when the connection broke. That must not happen to a command whose caller has given up, nor to one that makes a
 * change: it may have been made already, and a conditional one would be told of its own change as somebody else's.
 */
export class Outgoing {
  #sockets: Socket[] = []
  #over = false

  constructor(
    private readonly repeatable: boolean,
    private readonly connection: { socket?: unknown } | undefined,
  ) {}

  /** Whether Redis may have done it. */
  get sent(): boolean {
    return this.#sockets.length > 0
  }

  watchWriting(command: Command): void {
    const toWritable = command.toWritable.bind(command)
    command.toWritable = (socket) => {
      const obstacle = this.#over ? undefined : this.#obstacle(socket)
      if (obstacle) {
        this.#over = true
        command.reject(obstacle)
      }
      if (this.#over) return nothing
      this.#sockets.push(socket)
      gather(socket)
      return toWritable(socket)
    }
  }

  /** What a node of a cluster has sent elsewhere, or back, it has not done. */
  watchRefusal(command: Command): void {
    const reject = command.reject.bind(command)
    command.reject = (error) => {
      if (isAnswer(error)) this.#sockets = []
      reject(error)
    }
  }

  /** From now on it is not to be sent. */
  giveUp(): void {
    this.#over = true
  }

  #obstacle(socket: Socket): Error | undefined {
    if (!this.repeatable && this.#sockets.some(({ destroyed }) => destroyed)) {
      return new Error('The connection broke before the answer came. The change may have been made or not')
    }
    if (!this.connection) return undefined
    this.connection.socket ??= socket
    return this.connection.socket === socket ? undefined : new Error('The connection broke in the meantime')
  }
}

/** Makes one write to the system of all commands that are sent in one turn. */
function gather(socket: Socket): void {
  if (socket.writableCorked !== 0) return
  socket.cork?.()
  process.nextTick(() => socket.uncork?.())
}
