/**
 * Every error this library throws on purpose. Each has a `code` that stays the same between releases, a message
 * that says what to do, and the `cause` where something else failed first.
 */
export class SessionError extends Error {
  /** Stable, for programs: `ERR_SESSION_…`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** The type string cannot be read: an unexpected part, a part without a value, a part given twice. */
export class TypeStringError extends SessionError {
  constructor(message: string) {
    super('ERR_SESSION_TYPE', message)
  }
}

/** No driver, id generator, serializer or layout has this name. The message lists those that exist. */
export class UnknownPluginError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_UNKNOWN_PLUGIN', message, options)
  }
}

/** A class was found under the name, but it is not what its contract asks for. */
export class InvalidPluginError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_INVALID_PLUGIN', message, options)
  }
}

/** An option is unknown, has the wrong type, or does not go with the others. */
export class InvalidOptionError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_OPTION', message, options)
  }
}

/** A duration is not a number of seconds and not a number with one of the suffixes s m h d w M y. */
export class InvalidTimeError extends SessionError {
  constructor(time: unknown) {
    super(
      'ERR_SESSION_TIME',
      `Can't parse time: ${String(time)}. Give whole seconds, or a whole number followed by s, m, h, d, w, M or y`,
    )
  }
}

/** The driver cannot hold this id (a path separator for files, too long for a column, …). Nothing was stored. */
export class InvalidIdError extends SessionError {
  constructor(message: string) {
    super('ERR_SESSION_ID', message)
  }
}

/** An id generator cannot make another id: its file is damaged, its sequence is at the end. */
export class IdGeneratorError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_ID_GENERATOR', message, options)
  }
}

/** A serializer cannot read these bytes. The store turns it into a {@link DamagedRecordError} that names the id. */
export class ThawError extends SessionError {
  /** Where reading stopped, in bytes or characters from the start of the image, if known. */
  readonly offset: number | undefined

  constructor(format: string, reason: string, offset?: number, options?: ErrorOptions) {
    super(
      'ERR_SESSION_THAW',
      `Not a ${format} image: ${reason}${offset === undefined ? '' : ` at offset ${offset}`}`,
      options,
    )
    this.offset = offset
  }
}

/** A serializer cannot write this value without changing it. Nothing was stored. */
export class FreezeError extends SessionError {
  readonly format: string
  /** What cannot be kept, and what to do instead. */
  readonly reason: string
  /** The session parameter that holds the value, once that is known. */
  readonly parameter: string | undefined

  constructor(format: string, reason: string, options?: ErrorOptions & { parameter?: string }) {
    const where = options?.parameter === undefined ? '' : `Parameter '${options.parameter}': `
    super('ERR_SESSION_FREEZE', `${where}${format} cannot keep ${reason}`, options)
    this.format = format
    this.reason = reason
    this.parameter = options?.parameter
  }
}

/** The stored bytes of a session cannot be understood. They are left as they are. */
export class DamagedRecordError extends SessionError {
  readonly id: string

  constructor(id: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super('ERR_SESSION_DAMAGED', `The record of session ${JSON.stringify(id)} is damaged: ${reason}`, {
      cause,
    })
    this.id = id
  }
}

/** The session was removed by somebody else after it was loaded here. The changes made here were not stored. */
export class SessionGoneError extends SessionError {
  readonly id: string

  constructor(id: string) {
    super(
      'ERR_SESSION_GONE',
      `Session ${JSON.stringify(id)} was removed after it was loaded; its changes were not stored`,
    )
    this.id = id
  }
}

/** Somebody else changed the session meanwhile, and `onConflict` is 'error', or merging was tried too often. */
export class ConflictError extends SessionError {
  readonly id: string

  constructor(id: string, message = `Session ${JSON.stringify(id)} was changed by somebody else meanwhile`) {
    super('ERR_SESSION_CONFLICT', message)
    this.id = id
  }
}

/** An optional package that a driver needs is not installed. */
export class MissingPackageError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_MISSING_PACKAGE', message, options)
  }
}

/** The storage itself failed: unreachable, full, not permitted, too slow. Never used for a session that is absent. */
export class StorageError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_STORAGE', message, options)
  }
}

/** With the option `mustExist`: the folder, the database or the table is not there. Nothing was made. */
export class MissingStorageError extends SessionError {
  constructor(message: string) {
    super('ERR_SESSION_MISSING_STORAGE', message)
  }
}

/** A lock was held by somebody else for longer than `timeout`. */
export class LockTimeoutError extends SessionError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SESSION_LOCK_TIMEOUT', message, options)
  }
}

/** A lock on a session was lost before it was released: somebody else may have it. The reason of `lock.lost`. */
export class LockLostError extends SessionError {
  readonly id: string

  constructor(id: string, cause?: unknown) {
    super(
      'ERR_SESSION_LOCK_LOST',
      `The lock on session ${JSON.stringify(id)} was lost, and somebody else may have it by now`,
      { cause },
    )
    this.id = id
  }
}

/** The store or session was used after `close()`. */
export class ClosedError extends SessionError {
  constructor(what: string) {
    super('ERR_SESSION_CLOSED', `${what} is closed`)
  }
}
