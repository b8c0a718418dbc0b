import { InvalidOptionError, SessionGoneError } from '../errors.ts'
import { oneOf } from '../one-of.ts'
import type { SessionState } from '../session-state.ts'
import type { Admission, AdmissionRule } from './owner-index.ts'
import type { Owners } from './owners.ts'

/**
 * Stores a session as one of at most so many of its owner. Answers whether it got a place; if not, it is deleted.
 *
 * @param store stores the session if there is anything to store
 * @throws InvalidOptionError, SessionGoneError; what `store` throws
 */
export async function admit(
  state: SessionState,
  owners: Owners,
  admission: Admission,
  store: () => Promise<unknown>,
): Promise<boolean> {
  const rule = readAdmission(admission)
  if (state.record.owner === undefined) {
    throw new InvalidOptionError('A session without an owner cannot be admitted: set owner first')
  }
  // Without a limit it has its place as soon as it is stored.
  state.seeksAdmission = rule.limit !== Infinity
  try {
    if (state.image === undefined) state.forced = true
    await store()
  } finally {
    state.seeksAdmission = false
  }
  if (state.deleted) throw new SessionGoneError(state.record.id)
  const isAdmitted = await owners.admit(state.record, rule)
  if (!isAdmitted) state.markDeleted()
  return isAdmitted
}

function readAdmission({ limit, whenFull }: Admission): AdmissionRule {
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1)) {
    throw new InvalidOptionError(
      `The limit of sessions must be a whole number from 1 on, or Infinity: ${limit}`,
    )
  }
  return { limit, whenFull: oneOf('whenFull', whenFull, ['replace', 'refuse']) }
}
