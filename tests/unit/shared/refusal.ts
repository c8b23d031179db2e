import { CodedError } from '../../../shared/coded-error.ts'

/** What a call threw: the code of a coded error, the error itself otherwise, `undefined` where nothing was thrown. */
export function refusal(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error instanceof CodedError ? error.code : error
  }
}

/** As `refusal`, for calls that answer later. */
export async function refusalOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error instanceof CodedError ? error.code : error
  }
}

/** The bytes with one bit turned. */
export function withFlippedBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes)
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}
