/** What `work` gives, unless that takes longer than `timeout` milliseconds: then it throws what `tooLate` makes. */
export async function inTime<T>(work: Promise<T>, timeout: number, tooLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), timeout)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
