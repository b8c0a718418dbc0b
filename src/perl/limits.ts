/**
 * How many references may lie inside one another. Data::Dumper has the same bound (`$Data::Dumper::Maxrecurse`), so
 * what one side may write the other can read; it also keeps a recursive reader far from the end of its stack.
 */
export const maxDepth = 1000

/** How long an image may be, in bytes: far above any session, far below the longest string that V8 can hold. */
export const maxBytes = 32 * 1024 * 1024
