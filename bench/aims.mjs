// How many times slower than the bare client this library may be, at most. Figures of one run; see docs.

const IN_PROCESS = { load: 1.25, change: 1.25, create: 1.25, touch: 2, list: 2, traverse: 2, purge: 2 }

const AIMS = {
  Memory: IN_PROCESS,
  SQLite: IN_PROCESS,
  File: { ...IN_PROCESS, load: 1.2, change: 1.2, create: 1.2 },
}

/** Without an answer there is no aim. */
export function aimFor(backend, operation) {
  return AIMS[backend]?.[operation]
}
