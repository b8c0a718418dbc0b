// How many times slower than the bare client this library may be, at most, by operation. Without an answer there is no
// aim.

/** Where the storage is in the process or in the file system. */
export const inProcess = { load: 1.25, change: 1.25, create: 1.25, touch: 2, list: 2, traverse: 2, purge: 2 }

/** Where it is behind a connection. */
export const server = { load: 1.1, change: 1.1, create: 1.1, touch: 1.1, list: 1.2 }
