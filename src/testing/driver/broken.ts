import { fail, hasCode, shown } from '../assertions.ts'
import type { Capability, DriverDraft, Trial } from './trial.ts'
import { chapter, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const image = imageOf('image')

type Attempt = (trial: Trial<Capability>) => unknown

const required: Readonly<Record<string, Attempt>> = {
  retrieve: ({ driver }) => driver.retrieve(id),
  store: ({ driver }) => driver.store(id, image, 60),
  remove: ({ driver }) => driver.remove(id),
  ids: async ({ driver }) => {
    const seen: string[] = []
    for await (const id of driver.ids()) seen.push(id)
    return seen
  },
}

/** A lock may well be somewhere else than the records. */
const optional: Readonly<Record<Exclude<Capability, 'tryLock'>, Attempt>> = {
  create: ({ driver }) => driver.create(id, image, 60),
  replace: ({ driver }) => driver.replace(id, image, imageOf('new'), 60),
  removeIf: ({ driver }) => driver.removeIf(id, image),
  touch: ({ driver }) => driver.touch(id, 60),
  purge: ({ driver, clock }) => driver.purge(clock.seconds() + 3600),
}

/** An outage is an error, never absence. */
export const broken: DriverDraft[] = [
  ...Object.entries(required).flatMap(([verb, attempt]) =>
    chapter('outage', [], {
      [`${verb} throws`]: (trial) => throws(trial as Trial<Capability>, verb, attempt),
    }),
  ),
  ...Object.entries(optional).flatMap(([verb, attempt]) =>
    chapter('outage', [verb as Capability], { [`${verb} throws`]: (trial) => throws(trial, verb, attempt) }),
  ),
]

async function throws(trial: Trial<Capability>, verb: string, attempt: Attempt): Promise<string | void> {
  await trial.driver.store(id, image, 60)
  if (!(await trial.sabotage())) return 'the setup has no sabotage'
  const answer = await (async () => attempt(trial))().catch((error: unknown) => {
    if (!hasCode(error, 'ERR_SESSION_STORAGE')) {
      fail(`${verb} on a broken storage: expected a StorageError, got ${shown(error)}`)
    }
    if (error.cause === undefined) fail(`${verb} on a broken storage: the StorageError has no cause`)
    return FAILED
  })
  if (answer !== FAILED) {
    fail(`${verb} on a broken storage: expected a StorageError, got the answer ${shown(answer)}`)
  }
  return undefined
}

const FAILED = Symbol('failed')
