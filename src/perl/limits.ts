/**
 * How many references may lie inside one another, when reading and when writing: the bound that Perl's JSON modules
 * have too. At this depth the recursive readers and writers use half of Node's default stack at most.
 */
export const maxDepth = 512

/** How long an image may be, in bytes: far above any session, far below the longest string that V8 can hold. */
export const maxBytes = 32 * 1024 * 1024
