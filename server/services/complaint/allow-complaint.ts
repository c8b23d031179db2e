import { TooManyError, useAllowance, type AllowanceDeps } from '../limits/allowance.ts'

const HOUR_MS = 3_600_000

/** Counts a complaint, or a challenge for one, against the address it comes from. Throws `rate_limited`. */
export async function allowComplaint(
  deps: AllowanceDeps,
  address: string,
  perHour: number,
): Promise<void> {
  const size = { capacity: perHour, fillMs: HOUR_MS }
  const waitMs = await useAllowance(deps, { kind: 'complaint', of: address }, size)
  if (waitMs > 0)
    throw new TooManyError(`address: expected at most ${perHour} complaints an hour`, waitMs)
}
