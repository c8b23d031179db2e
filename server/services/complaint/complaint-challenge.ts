import type { z } from 'zod'
import type { challengeSchema } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'

/** Long enough to write a complaint; whoever takes longer gets another challenge. */
const SOLVABLE_MS = 20 * 60_000
/** Clocks of instances may differ; a used challenge is remembered beyond its end by this. */
const REMEMBERED_MS = 60 * 60_000

/** `GET /complaints/challenge`: work to be done before a complaint is taken. */
export const newChallenge = async ({
  clock,
  complaintDesk,
}: Pick<Deps, 'clock' | 'complaintDesk'>): Promise<z.infer<typeof challengeSchema>> =>
  JSON.parse(
    JSON.stringify(
      await complaintDesk.work.challenge(new Date(clock.now().getTime() + SOLVABLE_MS)),
    ),
  )

/** A proof of work, checked and not yet used up. */
export interface CheckedWork {
  /** Uses it up, once among all instances. Throws `challenge_used`. */
  use(): Promise<void>
  /** Takes back what `use` did: what it was done for did not come about. */
  giveBack(): Promise<void>
}

/** Checks a proof of work. Throws `challenge_unsolved`. */
export async function checkWork(
  { models, complaintDesk }: Pick<Deps, 'models' | 'complaintDesk'>,
  payload: string,
): Promise<CheckedWork> {
  const proved = await complaintDesk.work.verify(payload)
  if (!proved) {
    throw new CodedError(
      'challenge_unsolved',
      'altcha: expected a challenge of this portal, solved and not run out',
    )
  }
  return {
    async use() {
      const expires_at = new Date(proved.expiresAt.getTime() + REMEMBERED_MS)
      try {
        await models.usedChallenges.create([{ _id: proved.nonce, expires_at }])
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        throw new CodedError(
          'challenge_used',
          'altcha: expected a challenge not used before; ask for another',
        )
      }
    },
    async giveBack() {
      await models.usedChallenges.deleteOne({ _id: proved.nonce })
    },
  }
}
