/**
 * Asks the portal's own API and answers its body, typed by the schemas that made it. Throws Nuxt's `FetchError`; see `troubleOf`.
 * A request is tried once: a refusal (409) is an answer, and what is down says so at once.
 */
export const ask = <Answer>(
  path: string,
  options: { signal?: AbortSignal; responseType?: 'text' } = {},
) => $fetch<Answer, string>(path, { ...options, retry: false })
