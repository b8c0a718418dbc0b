// What the bare clients store: the same fields that data-session writes, made without it.

export const LIFETIME = 3600

const ATIME = '_SESSION_ATIME'

export function now() {
  return Math.floor(Date.now() / 1000)
}

export function freeze(id, params) {
  const time = now()
  return JSON.stringify({
    _SESSION_ID: id,
    [ATIME]: time,
    _SESSION_CTIME: time,
    _SESSION_ETIME: LIFETIME,
    _SESSION_PTIME: {},
    ...params,
  })
}

/** The record after `edit`, accessed now. */
export function edited(json, edit) {
  const record = JSON.parse(json)
  edit(record)
  record[ATIME] = now()
  return JSON.stringify(record)
}
