import { areaIdOfBytes32 } from '../area.ts'
import { fromHex } from '../bytes.ts'
import { Words } from './abi-words.ts'
import { callRpc, hexData, member, quantity, RpcError } from './json-rpc.ts'
import type { RpcOptions } from './rpc-chain.ts'
import { SourceError, type AnchorEvent } from './sources.ts'

/** keccak256 of `BatchAnchored(bytes32,uint64,bytes32,uint32,bytes)`; a test derives it from the compiled contract. */
export const BATCH_ANCHORED = '0x1d03a92778ba869290ebbea0492b5beed68dd6ad859800a86bde4191739f2792'

/** Data of `BatchAnchored`: root, size, cid; the rest are topics. Throws `SourceError`. */
export function decodeAnchorEvent(log: unknown): AnchorEvent {
  const words = new Words(hexData(member(log, 'data')))
  return {
    transaction: `0x${hexData(member(log, 'transactionHash'))}`,
    blockNumber: quantity(member(log, 'blockNumber')),
    root: fromHex(words.hex(0)),
    size: words.number(1),
    cid: words.bytes(0, 2),
  }
}

/** An event with the batch it tells of. */
export interface BatchAnchored extends AnchorEvent {
  areaId: string
  number: number
}

/**
 * Every anchor of a contract in the blocks from `fromBlock` to `toBlock`, both included, in the order of the chain. Where a
 * node refuses so many blocks at once they are asked for by halves. Throws `SourceError` when the node cannot be asked.
 */
export async function anchorsBetween(
  options: Required<RpcOptions>,
  fromBlock: number,
  toBlock: number,
): Promise<BatchAnchored[]> {
  try {
    return await anchorsIn(options, fromBlock, toBlock)
  } catch (error) {
    if (!(error instanceof RpcError) || fromBlock >= toBlock) throw error
    const middle = Math.floor((fromBlock + toBlock) / 2)
    const first = await anchorsBetween(options, fromBlock, middle)
    return [...first, ...(await anchorsBetween(options, middle + 1, toBlock))]
  }
}

async function anchorsIn(
  { rpcUrl, contract, timeoutMs }: Required<RpcOptions>,
  fromBlock: number,
  toBlock: number,
): Promise<BatchAnchored[]> {
  const [from, to] = [fromBlock, toBlock].map((number) => `0x${number.toString(16)}`)
  const logs = await callRpc(rpcUrl, timeoutMs, 'eth_getLogs', [
    { fromBlock: from, toBlock: to, address: contract, topics: [BATCH_ANCHORED] },
  ])
  if (!Array.isArray(logs)) throw new SourceError('the Ethereum node answered no list of logs')
  return logs.map((log: unknown) => {
    const topics = member(log, 'topics')
    const [, area, number] = Array.isArray(topics) ? topics : []
    return {
      ...decodeAnchorEvent(log),
      areaId: areaIdOfBytes32(hexData(area)),
      number: quantity(number),
    }
  })
}
