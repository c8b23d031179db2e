import {
  returnAllowance,
  TooManyError,
  useAllowance,
  type AllowanceDeps,
} from '../limits/allowance.ts'

const HOUR_MS = 3_600_000

const countedOf = (address: string) => ({ kind: 'complaint', of: address })
const sizeOf = (perHour: number) => ({ capacity: perHour, fillMs: HOUR_MS })

/** Counts a complaint, or a challenge for one, against the address it comes from. Throws `rate_limited`. */
export async function allowComplaint(
  deps: AllowanceDeps,
  address: string,
  perHour: number,
): Promise<void> {
  const waitMs = await useAllowance(deps, countedOf(address), sizeOf(perHour))
  if (waitMs > 0)
    throw new TooManyError(`address: expected at most ${perHour} complaints an hour`, waitMs)
}

/** Takes back what `allowComplaint` counted: what it was counted for did not come about, and not for the sender's sake. */
export const disregardComplaint = (
  deps: AllowanceDeps,
  address: string,
  perHour: number,
): Promise<void> => returnAllowance(deps, countedOf(address), sizeOf(perHour))
