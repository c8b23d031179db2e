import { createChallenge, randomInt, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import type { Challenge } from 'altcha-lib/types'
import { z } from 'zod'

/**
 * Work a sender proves to have done, so that sending thousands costs. A challenge is signed and carries its own end; nothing is
 * kept of it. That it is used once is not seen to here.
 */
export interface ProofOfWork {
  /** A new challenge, solvable until `expiresAt`. */
  challenge(expiresAt: Date): Promise<Challenge>
  /** The nonce and end of a challenge of ours that was solved; null for anything else. */
  verify(payload: string): Promise<{ nonce: string; expiresAt: Date } | null>
}

const ALGORITHM = 'PBKDF2/SHA-256'
const MAX_PAYLOAD_CHARACTERS = 4_000

const payloadSchema = z.object({
  challenge: z.object({
    parameters: z.object({
      algorithm: z.literal(ALGORITHM),
      nonce: z.string().regex(/^[0-9a-f]{32}$/),
      salt: z.string(),
      cost: z.number(),
      keyLength: z.number(),
      keyPrefix: z.string(),
      keySignature: z.string(),
      expiresAt: z.int(),
    }),
    signature: z.string(),
  }),
  solution: z.object({ counter: z.int(), derivedKey: z.string() }),
})

/** ALTCHA challenges (version 2) signed with a secret; a solver derives about `rounds` keys of `iterations` each. */
export function altcha(
  secret: string,
  { rounds, iterations }: { rounds: number; iterations: number },
): ProofOfWork {
  const secrets = { hmacSignatureSecret: secret, hmacKeySignatureSecret: `${secret} key` }
  return {
    challenge: (expiresAt) =>
      createChallenge({
        algorithm: ALGORITHM,
        cost: iterations,
        counter: randomInt(Math.ceil(rounds / 2), rounds),
        deriveKey,
        expiresAt,
        ...secrets,
      }),
    async verify(payload) {
      const given = readPayload(payload)
      if (given === null) return null
      const { verified } = await verifySolution({ ...given, deriveKey, ...secrets })
      const { nonce, expiresAt } = given.challenge.parameters
      return verified ? { nonce, expiresAt: new Date(expiresAt * 1000) } : null
    },
  }
}

/** The payload of the ALTCHA widget: JSON in base64. */
function readPayload(payload: string): z.infer<typeof payloadSchema> | null {
  if (payload.length > MAX_PAYLOAD_CHARACTERS) return null
  try {
    return payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')))
  } catch {
    return null
  }
}
