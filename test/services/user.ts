import { chownSync, readFileSync } from 'node:fs'

/** Whom a server runs as. Nothing in it: as this process does. */
export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** Somebody else than root, for servers that refuse to run as root: the first of these users that there is. */
export function notRoot(...names: readonly string[]): User {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of [...names, 'nobody']) {
    const user = users.find(([known]) => known === name)
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) }
  }
  throw new Error(`There is none of the users ${names.join(', ')} and nobody`)
}

/** Makes the folder this user's. */
export function giveTo({ uid, gid }: User, folder: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
}
