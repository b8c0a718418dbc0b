/** Names and numbers of db.h, version 5.3. */

export const DB_CREATE = 0x1
export const DB_THREAD = 0x20
export const DB_INIT_CDB = 0x80
export const DB_INIT_MPOOL = 0x400
export const DB_RDONLY = 0x400
export const DB_NOSYNC = 0x1

export const DB_BTREE = 1
export const DB_HASH = 2
export const DB_UNKNOWN = 5

export const DB_NEXT = 16
export const DB_NOOVERWRITE = 20
export const DB_SET_RANGE = 27
export const DB_MULTIPLE_KEY = 0x4000

export const DB_DBT_USERMEM = 0x800

export const DB_LOCK_NOWAIT = 0x4
export const DB_LOCK_EXPIRE = 2
export const DB_LOCK_GET = 1
export const DB_LOCK_GET_TIMEOUT = 2
export const DB_LOCK_READ = 1
export const DB_LOCK_WRITE = 2
export const DB_LOCK_IWRITE = 4

export const DB_BUFFER_SMALL = -30999
export const DB_KEYEXIST = -30994
export const DB_LOCK_DEADLOCK = -30993
export const DB_LOCK_NOTGRANTED = -30992
export const DB_NOTFOUND = -30988
export const DB_OLD_VERSION = -30987
export const DB_PAGE_NOTFOUND = -30986
export const DB_RUNRECOVERY = -30973
export const DB_VERSION_MISMATCH = -30969
