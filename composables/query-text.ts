/** A word of an address's query; undefined where it is absent, empty, or there more than once. */
export function queryText(
  query: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
