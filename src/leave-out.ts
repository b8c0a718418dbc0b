type Ids = AsyncIterable<string> | Iterable<string>

/** The ids but for those that `isLeftOut` says yes to, as a stream, at once if they come at once. */
export function leaveOut(ids: Ids, isLeftOut: (id: string) => boolean): Ids {
  return Symbol.asyncIterator in ids ? new Rest(ids, isLeftOut) : restOf(ids, isLeftOut)
}

function* restOf(ids: Iterable<string>, isLeftOut: (id: string) => boolean): Generator<string> {
  for (const id of ids) if (!isLeftOut(id)) yield id
}

/** Written out, since a generator would keep three promises more for each id. */
class Rest implements AsyncIterable<string> {
  constructor(
    private readonly ids: AsyncIterable<string>,
    private readonly isLeftOut: (id: string) => boolean,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<string> {
    const ids = this.ids[Symbol.asyncIterator]()
    const check = (
      result: IteratorResult<string>,
    ): IteratorResult<string> | Promise<IteratorResult<string>> =>
      result.done || !this.isLeftOut(result.value) ? result : ids.next().then(check)
    return {
      next: () => ids.next().then(check),
      return: async () => (await ids.return?.()) ?? { value: undefined, done: true },
    }
  }
}
