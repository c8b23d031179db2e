/** Upper bounds of the classes by which areas are shaded: share of customers off. */
export const SHARE_BOUNDS = [0.02, 0.1, 0.25, 0.5, 1] as const

/** Class of a share: 0 where nobody is off, then one for each bound; null where nothing is known. */
export function shareClass(share: number | null): number | null {
  if (share === null) return null
  if (share <= 0) return 0
  const found = SHARE_BOUNDS.findIndex((bound) => share <= bound)
  return found === -1 ? SHARE_BOUNDS.length : found + 1
}
