/** What an error says. Node's error for a name with several addresses says nothing itself, but has those of all attempts. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one: unknown) => reasonOf(one)).join('; ')
  }
  const { message, code } = Object(error) as { message?: unknown; code?: unknown }
  return String(message || code || error)
}
