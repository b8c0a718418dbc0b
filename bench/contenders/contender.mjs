// The kinds of contenders, as the files in backends/ list them. `open(place)` answers what operations.mjs calls; it
// imports its packages itself, so that one that is not installed costs only its own column.
// A place has `folder`, `backend`, `number` (no other contender has it), `name` (for a table, as unique) and, where the
// backend has one, `server`.

/** The client alone. All are compared with the first of them. */
export const bare = (name, open) => ({ name, is: 'bare', open })

/** A package that somebody might take instead, by its name. */
export const peer = (name, open) => ({ name, is: 'peer', open })

/**
 * This library.
 *
 * @param options of the store, by place
 */
export const ours = (options) => ({
  name: 'data-session',
  is: 'ours',
  open: async (place) => (await import('./data-session.mjs')).dataSession(place.backend, options(place)),
})

/** A store for express-session. */
export const express = (name, maker) =>
  peer(name, async (place) => (await import('./express-stores.mjs'))[maker](place))
