import { CodedError } from '../../../shared/coded-error.ts'

/** What the chain answers; null while its node is away or hangs. Throws whatever else went wrong. */
export const nullIfAway = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof CodedError && /^(?:chain_unavailable|overdue)$/.test(error.code))
      return null
    throw error
  })
