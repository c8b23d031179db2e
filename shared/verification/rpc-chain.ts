import { areaIdBytes32 } from '../area.ts'
import { fromHex } from '../bytes.ts'
import { word, Words } from './abi-words.ts'
import { BATCH_ANCHORED, decodeAnchorEvent } from './anchor-event.ts'
import { callRpc, hexData, member, quantity, RpcError } from './json-rpc.ts'
import { SourceError, type ChainAnchor, type ChainSource } from './sources.ts'

/** Contract calls spoken as plain JSON-RPC, so that a browser needs no Ethereum library; formats.md §4. */

/** First four bytes of keccak256 of `anchorOf(bytes32,uint64)`; a test derives it from the compiled contract. */
const ANCHOR_OF = '3a9e2f73'
/** The same of `latest(bytes32)`. */
const LATEST = '79feb107'
const REQUEST_TIMEOUT_MS = 20_000

export interface RpcOptions {
  rpcUrl: string
  /** Address of the contract the verifier trusts. */
  contract: string
  /** How long one call may take. */
  timeoutMs?: number
}

/** A chain source over the JSON-RPC of an Ethereum node. */
export function rpcChain({
  rpcUrl,
  contract,
  timeoutMs = REQUEST_TIMEOUT_MS,
}: RpcOptions): ChainSource {
  const ask = (method: string, params: unknown[]) => callRpc(rpcUrl, timeoutMs, method, params)
  return {
    contract,
    chainId: async () => quantity(await ask('eth_chainId', [])),
    head: async () => quantity(await ask('eth_blockNumber', [])),
    async latest(areaId) {
      const data = `0x${LATEST}${areaIdBytes32(areaId).slice(2)}`
      const words = new Words(hexData(await ask('eth_call', [{ to: contract, data }, 'latest'])))
      return { number: words.number(0), root: fromHex(words.hex(1)) }
    },
    async anchorOf(areaId, number) {
      const data = `0x${ANCHOR_OF}${areaIdBytes32(areaId).slice(2)}${word(number)}`
      const result = await ask('eth_call', [{ to: contract, data }, 'latest']).catch(
        nullWhenReverted,
      )
      return result === null ? null : decodeAnchor(hexData(result))
    },
    async anchoredIn(areaId, number, blockHash) {
      const topics = [BATCH_ANCHORED, areaIdBytes32(areaId), `0x${word(number)}`]
      const logs = await ask('eth_getLogs', [{ blockHash, address: contract, topics }]).catch(
        async (error: unknown) => {
          // Each node words the refusal of an unknown block in its own way; whether it knows the block is asked plainly.
          if (
            error instanceof RpcError &&
            (await ask('eth_getBlockByHash', [blockHash, false])) === null
          )
            return null
          throw error
        },
      )
      if (logs === null) return null
      if (!Array.isArray(logs)) throw new SourceError('the Ethereum node answered no list of logs')
      if (logs.length === 0) return null
      const event = decodeAnchorEvent(logs[0])
      // Some nodes still answer for a block that a reorganisation took away; only the chain as it stands counts.
      const standing = await ask('eth_getBlockByNumber', [
        `0x${event.blockNumber.toString(16)}`,
        false,
      ])
      return member(standing, 'hash') === blockHash ? event : null
    },
  }
}

const EXECUTION_REVERTED = 3

/** The contract reverts for what it does not hold. */
function nullWhenReverted(error: unknown): null {
  if (
    error instanceof RpcError &&
    (error.rpcCode === EXECUTION_REVERTED || /revert/i.test(error.message))
  )
    return null
  throw error
}

/** `(Anchor)`: one dynamic tuple, so the first word is its offset. */
function decodeAnchor(data: string): ChainAnchor | null {
  if (data.length === 0) return null
  const words = new Words(data)
  const base = words.at(0, 0)
  return {
    root: fromHex(words.hex(base)),
    anchoredAtSeconds: secondsOfDate(words.number(base + 1)),
    size: words.number(base + 2),
    cid: words.bytes(base, base + 3),
  }
}

/** Latest moment a date can hold (ECMA-262, "Time Values and Time Range"). */
const MAX_DATE_SECONDS = 8.64e12

function secondsOfDate(seconds: number): number {
  if (seconds > MAX_DATE_SECONDS)
    throw new SourceError(`the contract answered no time: ${seconds} s`)
  return seconds
}
