import { isError, type Contract, type JsonRpcProvider } from 'ethers'
import { areaIdBytes32 } from '../../shared/area.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { ask, type EthereumErrorCode } from './ethereum-rpc.ts'

/** Blocks asked for logs at once: providers refuse wide ranges, the narrowest of them more than ten. */
const LOG_WINDOW_BLOCKS = 10
const MS_PER_S = 1000

/** Where an anchor stands in the chain as the node sees it now. */
export interface Mined {
  transaction: string
  blockNumber: number
  blockHash: string
  anchoredAt: Date
  succeeded: boolean
}

/** What a mined transaction cost: its gas, and wei in all as its receipt says. */
export interface Cost {
  gasUsed: number
  feeWei: bigint
}

/** Null when the block is not, or no longer, the one of its number in the chain. */
export async function minedIn(
  provider: JsonRpcProvider,
  { blockNumber, blockHash }: { blockNumber: number; blockHash: string },
  transaction: string,
  succeeded: boolean,
): Promise<Mined | null> {
  const block = await ask('eth_getBlock', () => provider.getBlock(blockNumber))
  if (block?.hash !== blockHash) return null
  const anchoredAt = new Date(block.timestamp * MS_PER_S)
  return { transaction, blockNumber, blockHash, anchoredAt, succeeded }
}

interface Search {
  provider: JsonRpcProvider
  contract: Contract
  /** Block of the deployment: no anchor is older. */
  firstBlock: number
}

/** `Ethereum.findAnchor`: the root from the contract, its transaction from the log of the block time kept with it. */
export async function findAnchor(
  { provider, contract, firstBlock }: Search,
  areaId: string,
  number: number,
  head: number,
): Promise<(Mined & { root: string }) | null> {
  const kept = await anchorOf(contract, areaId, number, head)
  if (!kept) return null
  const timeOf = async (blockNumber: number): Promise<number> => {
    const block = await ask('eth_getBlock', () => provider.getBlock(blockNumber))
    if (!block) throw missing(`block ${blockNumber}`)
    return block.timestamp
  }
  const event = contract.getEvent('BatchAnchored')(areaIdBytes32(areaId), number)
  let from = await firstBlockAt(kept.anchoredAtS, timeOf, firstBlock, head)
  // Blocks may share a second: the log is in one of those that bear this one.
  while (from <= head && (await timeOf(from)) === kept.anchoredAtS) {
    const start = from
    const end = Math.min(start + LOG_WINDOW_BLOCKS - 1, head)
    const logs = await ask('eth_getLogs', () => contract.queryFilter(event, start, end))
    const log = logs.at(-1)
    const mined = log && (await minedIn(provider, log, log.transactionHash, true))
    if (mined) return { ...mined, root: kept.root }
    from = end + 1
  }
  throw missing(`the event of batch ${areaId}/${number}, which the contract holds,`)
}

async function anchorOf(
  contract: Contract,
  areaId: string,
  number: number,
  head: number,
): Promise<{ root: string; anchoredAtS: number } | null> {
  const kept = await ask('anchorOf', async () => {
    try {
      return await contract.getFunction('anchorOf')(areaIdBytes32(areaId), number, {
        blockTag: head,
      })
    } catch (error) {
      if (isError(error, 'CALL_EXCEPTION') && error.revert?.name === 'UnknownBatch') return null
      throw error
    }
  })
  return kept && { root: String(kept.root).slice(2), anchoredAtS: Number(kept.anchoredAt) }
}

/** The first block of this time or later, by halving: block times never fall. */
async function firstBlockAt(
  timeS: number,
  timeOf: (blockNumber: number) => Promise<number>,
  first: number,
  head: number,
): Promise<number> {
  let [low, high] = [first, head]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((await timeOf(middle)) < timeS) low = middle + 1
    else high = middle
  }
  return low
}

/** A node that lags, prunes or reorganises meanwhile: asked again later. */
const missing = (what: string): CodedError<EthereumErrorCode> =>
  new CodedError('chain_unavailable', `Ethereum: the node does not give ${what}`)
