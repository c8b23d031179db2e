import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../shared/coded-error.ts'
import { parseDeployment } from '../shared/deployment.ts'
import { rpcChain, SourceError, type ChainSource } from '../shared/verification/index.ts'

/** Where this checkout keeps the deployments it knows. */
export const DEPLOYMENTS = fileURLToPath(new URL('../contracts/deployments/', import.meta.url))

/** Asking for the chain id asks no contract. */
const NO_CONTRACT = `0x${'00'.repeat(20)}`

export interface TrustedContract {
  address: string
  origin: string
  /** Number of the block it was deployed in; null where nobody said. */
  deployedIn: number | null
}

export interface TrustedChain {
  source: ChainSource
  /** null where the node did not answer. */
  chainId: number | null
  /** The contract believed, and why; null where none is known. */
  contract: TrustedContract | null
}

export interface TrustOptions {
  rpcUrl: string
  /** Address the verifier gave; it goes before any file. */
  contract: string | undefined
  /** Folder of `<chainId>.json`, as the deployment wrote them. */
  deployments: string
}

/**
 * The chain behind an RPC with the contract the verifier trusts there, never the one a bundle names. Where the node does
 * not answer or no contract is known, the source says so to whoever asks it, so that the steps without it still run.
 */
export async function trustedChain({
  rpcUrl,
  contract,
  deployments,
}: TrustOptions): Promise<TrustedChain> {
  let chainId: number | null = null
  try {
    chainId = await rpcChain({ rpcUrl, contract: NO_CONTRACT }).chainId()
    const trusted =
      contract === undefined
        ? await recordedContract(deployments, chainId)
        : { address: contract, origin: '--contract', deployedIn: null }
    return { source: rpcChain({ rpcUrl, contract: trusted.address }), chainId, contract: trusted }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { source: silent(error), chainId, contract: null }
  }
}

async function recordedContract(folder: string, chainId: number): Promise<TrustedContract> {
  const file = join(folder, `${chainId}.json`)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new SourceError(
      `no contract to trust is known on chain ${chainId}: expected --contract 0x… or a deployment in ${file}`,
      { cause },
    )
  }
  try {
    const deployment = parseDeployment(text, chainId, file)
    return { address: deployment.contract, origin: file, deployedIn: deployment.block_number }
  } catch (cause) {
    throw new SourceError(
      `no contract to trust is known on chain ${chainId}: ${messageOf(cause)}`,
      { cause },
    )
  }
}

function silent(error: SourceError): ChainSource {
  const answer = () => Promise.reject(error)
  return {
    contract: NO_CONTRACT,
    chainId: answer,
    head: answer,
    latest: answer,
    anchorOf: answer,
    anchoredIn: answer,
  }
}
