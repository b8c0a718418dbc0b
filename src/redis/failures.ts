import type { SessionError } from '../errors.ts'
import { NothingDone, storageError as errorOfServer } from '../remote/failures.ts'
import { reasonOf } from '../remote/reason.ts'

// What Redis answers before it has looked at a command, and will not answer in a moment: it is loading its data, has
// become a replica, belongs to a cluster that is electing a new master or whose nodes do not yet agree who it is, moves a
// key, or is in the middle of a script.
const passing = /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|MOVED|TRYAGAIN|BUSY)\b/

const advice: Readonly<Record<string, string>> = {
  NOAUTH: 'Give a password (option password)',
  WRONGPASS: 'Check the options username and password',
  NOPERM: 'The user lacks a permission that sessions need',
  WRONGTYPE: 'Something else uses keys that begin like ours: choose another prefix',
  OOM: 'Redis has no memory left: raise its maxmemory',
  MISCONF: 'Redis cannot write its snapshot: look at its log',
}

// While a replica takes the place of a master, nodes of a cluster send a command to each other in turns.
const sentInCircles = /^Too many Cluster redirections\. Last error: ReplyError: (?:MOVED|ASK)\b/

/** Whether the same command may succeed in a moment, and surely had no effect yet. */
export function maySendAgain(error: unknown): boolean {
  return error instanceof NothingDone || passing.test(answerIn(error)) || sentInCircles.test(reasonOf(error))
}

/** Redis does not have the script that was called by its digest. */
export function isUnknownScript(error: unknown): boolean {
  return answerIn(error).startsWith('NOSCRIPT')
}

/** Whether Redis itself said no, rather than something on the way to it. */
export function isAnswer(error: unknown): boolean {
  return answerIn(error) !== ''
}

/**
 * A client's error as ours; errors of ours as they are.
 *
 * @param server what to call it in the message
 * @param timeout how long was waited at most, in milliseconds
 */
export function storageError(server: string, timeout: number, error: unknown): SessionError {
  return errorOfServer(server, timeout, error, (cause) => advice[/^[A-Z]+/.exec(reasonOf(cause))?.[0] ?? ''])
}

/** The text of Redis's error answer; '' for other errors. */
function answerIn(error: unknown): string {
  const message = reasonOf(error)
  // A cluster client of ioredis that gave up repeats what it heard last.
  const [, last] = /^Too many Cluster redirections\. Last error: ReplyError: (.*)/s.exec(message) ?? []
  if (last !== undefined) return last
  return error instanceof Error && isReply(error) ? message : ''
}

/** ioredis gives these errors a name, node-redis gives them a class (`ErrorReply`, `SimpleError` and others). */
function isReply({ name, constructor }: Error): boolean {
  return name === 'ReplyError' || /^(?:\w*ErrorReply|SimpleError|BlobError)$/.test(constructor.name)
}
