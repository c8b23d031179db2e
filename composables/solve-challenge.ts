import { solveChallenge, type Challenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'

/** Does the work the portal asks before it takes a complaint: about a second on a phone. Throws as `ask`. */
export async function solvedChallenge(): Promise<string> {
  const challenge = await ask<Challenge>(apiPaths.complaintChallenge())
  const solution = await solveChallenge({ challenge, deriveKey })
  if (!solution) throw new Error('challenge: expected it solved in time')
  return btoa(JSON.stringify({ challenge, solution }))
}
