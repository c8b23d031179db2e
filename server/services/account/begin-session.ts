import type { SessionLevel } from '../../models/session.ts'
import type { Deps } from '../deps.ts'

/** Where a request comes from. */
export interface Origin {
  address: string | null
  /** `networkOf` the address. */
  network: string | null
  agent: string | null
}

const MAX_AGENT_CHARACTERS = 200

/**
 * Begins a session under an id nobody knew before; the one the browser came with, if any, ends. So a planted cookie never
 * becomes a signed-in one.
 */
export async function beginSession(
  { sessions, clock }: Pick<Deps, 'sessions' | 'clock'>,
  accountId: string,
  level: SessionLevel,
  { network, agent }: Origin,
  previousId: string | undefined,
): Promise<string> {
  if (previousId !== undefined) await sessions.invalidateSession(previousId)
  const { id } = await sessions.createSession(accountId, {
    level,
    created_at: clock.now(),
    network,
    agent: agent?.slice(0, MAX_AGENT_CHARACTERS) ?? null,
  })
  return id
}
