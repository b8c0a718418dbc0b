/** Work under way, and whether it is over. */
export interface Watched<T> {
  readonly work: Promise<T>
  readonly isOver: boolean
}

export function watched<T>(work: Promise<T>): Watched<T> {
  const state = { work, isOver: false }
  const over = (): void => {
    state.isOver = true
  }
  work.then(over, over)
  return state
}
