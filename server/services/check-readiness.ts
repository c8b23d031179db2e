import { CodedError } from '../../shared/coded-error.ts'
import type { Deps } from './deps.ts'

export interface Readiness {
  ready: boolean
  dependencies: Record<'mongodb' | 'ipfs' | 'ethereum', { ok: boolean; detail: string }>
}

/**
 * `GET /ready`: whether each dependency answers. Ready means readings can be accepted, which needs the database only:
 * IPFS and Ethereum may be away or hang for a while, the ledger catches up, and nobody who probes waits for them.
 */
export async function checkReadiness({
  models,
  ethereum,
  glimpses,
}: Pick<Deps, 'models' | 'ethereum' | 'glimpses'>): Promise<Readiness> {
  const [mongodb, node, chain] = await Promise.all([
    probe(async () => {
      await models.leases.findOne().lean()
      return 'answers'
    }),
    probe(async () => `version ${await glimpses.ipfs()}`),
    probe(async () => `chain ${ethereum.chainId}, block ${await glimpses.chain()}`),
  ])
  return { ready: mongodb.ok, dependencies: { mongodb, ipfs: node, ethereum: chain } }
}

async function probe(ask: () => Promise<string>): Promise<{ ok: boolean; detail: string }> {
  try {
    return { ok: true, detail: await ask() }
  } catch (error) {
    // Anyone may ask, and messages hold addresses: the code is enough here, the rest stands in the failures and the log.
    return { ok: false, detail: error instanceof CodedError ? error.code : 'does not answer' }
  }
}
