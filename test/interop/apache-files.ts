/** The sessions in test/fixtures/apache-session: how their ids end, and what wrote them. */
export const apacheFiles = [
  ['0d', 'Storable'],
  ['0e', 'Storable'],
  ['0f', 'Base64'],
  ['10', 'Base64'],
  ['14', 'UUEncode'],
  ['16', 'Sybase'],
] as const
