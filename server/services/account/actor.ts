import type { Role } from '../../../shared/account/role.ts'
import type { AccountRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import type { Deps } from '../deps.ts'

/** Who acts: someone signed in, or a machine that holds the operator's token. */
export interface Actor {
  /** Null for the operator's token. */
  accountId: string | null
  role: Role | 'operator'
  /** Areas an official acts in, with all that lie in them. */
  areas: readonly string[]
  /** How logs and ledger name them, such as `official:7f3a`. */
  pseudonym: string
}

/** Someone with an account, signed in. */
export interface Person extends Actor {
  accountId: string
  role: Role
}

export const pseudonymOf = ({ role, tag }: Pick<AccountRow, 'role' | 'tag'>): string =>
  `${role}:${tag}`

export const personOf = (account: Pick<AccountRow, '_id' | 'role' | 'areas' | 'tag'>): Person => ({
  accountId: account._id,
  role: account.role,
  areas: account.areas,
  pseudonym: pseudonymOf(account),
})

/** Whether an actor's areas hold this one: an official has the areas named and all that lie in them, others have all. */
export async function coversArea(
  deps: Pick<Deps, 'models'>,
  { role, areas }: Pick<Actor, 'role' | 'areas'>,
  areaId: string,
): Promise<boolean> {
  if (role !== 'official' || areas.includes(areaId)) return true
  const { ancestorsOf } = await areaAncestry(deps, [areaId])
  return ancestorsOf(areaId).some((ancestor) => areas.includes(ancestor))
}
