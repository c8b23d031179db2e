const NOT_THERE: readonly number[] = [400, 404]

/** What the portal does not hold is a missing page, not trouble. */
export function failAsMissing(error: { statusCode?: number | undefined } | null | undefined): void {
  if (error && NOT_THERE.includes(error.statusCode ?? 0))
    throw createError({ statusCode: 404, fatal: import.meta.client })
}
