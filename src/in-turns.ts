/** So many records are asked for at a time: a server answers several sooner than one after the other. */
export const atOnce = 16

/** The answers of `work` for all of these, in their order. */
export async function inTurns<T>(ids: readonly string[], work: (id: string) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let at = 0; at < ids.length; at += atOnce) {
    results.push(...(await Promise.all(ids.slice(at, at + atOnce).map(work))))
  }
  return results
}
