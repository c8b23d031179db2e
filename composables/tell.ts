/**
 * Sends to the portal's own API and answers its body. Throws Nuxt's `FetchError`; see `troubleOf`. Tried once: what was sent may
 * have arrived.
 */
export const tell = <Answer>(path: string, body: object, headers: Record<string, string> = {}) =>
  $fetch<Answer, string>(path, { method: 'POST', body, headers, retry: false })

/** Headers that bear the secret of a complaint's link, where there is one. */
export const bearing = (secret: string | null | undefined): Record<string, string> =>
  secret ? { authorization: `Bearer ${secret}` } : {}
