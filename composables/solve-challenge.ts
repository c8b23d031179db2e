import type { Challenge } from 'altcha-lib'

/** Does the work the portal asks before it takes a complaint: about a second on a phone. Throws as `ask`. */
export async function solvedChallenge(): Promise<string> {
  const [challenge, { solveChallenge }, { deriveKey }] = await Promise.all([
    ask<Challenge>(apiPaths.complaintChallenge()),
    import('altcha-lib'),
    import('altcha-lib/algorithms/web/pbkdf2'),
  ])
  const solution = await solveChallenge({ challenge, deriveKey })
  if (!solution) throw new Error('challenge: expected it solved in time')
  return btoa(JSON.stringify({ challenge, solution }))
}
