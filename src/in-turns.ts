/** So many records are asked for at a time: a server answers several sooner than one after the other. */
const AT_ONCE = 16

/** The answers of `work` for all of these, in their order. */
export async function inTurns<T>(ids: readonly string[], work: (id: string) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    results.push(...(await Promise.all(ids.slice(at, at + AT_ONCE).map(work))))
  }
  return results
}
