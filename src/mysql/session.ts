/**
 * What a connection of our own begins with. A write that nobody waits for any more is not to be done late, over what
 * came after it.
 *
 * @param timeout in milliseconds
 */
export function mysqlSessionSql(timeout: number): string {
  const seconds = Math.ceil(timeout / 1000)
  return `set autocommit = 1, innodb_lock_wait_timeout = ${seconds}, lock_wait_timeout = ${seconds}`
}
