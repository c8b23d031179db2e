import type { Challenge } from 'altcha-lib'

/** Fetches what solves challenges; once it is here, no connection is needed for it. */
export const loadSolver = () =>
  Promise.all([import('altcha-lib'), import('altcha-lib/algorithms/web/pbkdf2')])

/** Does the work the portal asks before it takes a complaint: about a second on a phone. Throws as `ask`. */
export async function solvedChallenge(): Promise<string> {
  const [challenge, [{ solveChallenge }, { deriveKey }]] = await Promise.all([
    ask<Challenge>(apiPaths.complaintChallenge()),
    loadSolver(),
  ])
  const solution = await solveChallenge({ challenge, deriveKey })
  if (!solution) throw new Error('challenge: expected it solved in time')
  return btoa(JSON.stringify({ challenge, solution }))
}
