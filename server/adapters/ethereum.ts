import { Contract, JsonRpcProvider, keccak256, Network, Transaction, Wallet } from 'ethers'
import artifact from '../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { areaIdBytes32 } from '../../shared/area.ts'
import { CodedError, messageOf } from '../../shared/coded-error.ts'
import type { Deployment } from '../../shared/deployment.ts'

/**
 * `chain_unavailable`: try again later. `wrong_chain`, `not_our_contract`: the node or the address is not what was
 * configured; nothing may be sent. `refused`: the contract would refuse the call.
 */
type EthereumErrorCode = 'chain_unavailable' | 'wrong_chain' | 'not_our_contract' | 'refused'

export interface NewAnchor {
  areaId: string
  /** Hex without 0x, as everywhere outside Ethereum. */
  previousRoot: string
  root: string
  size: number
  /** Binary CID. */
  cid: Uint8Array
}

export interface Fees {
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}

export interface SignedTransaction {
  hash: string
  raw: string
}

/** Where an anchor stands in the chain as the node sees it now. */
export interface Mined {
  transaction: string
  blockNumber: number
  blockHash: string
  anchoredAt: Date
  succeeded: boolean
}

/**
 * The contract on Ethereum, through a node that may lag, forget or reorganise: every answer is what that node holds
 * now, and nothing is remembered here. `sign` sends nothing; `send` may be repeated with the same bytes.
 */
export interface Ethereum {
  readonly chainId: number
  readonly contract: string
  /** Throws unless node and contract are the configured ones. */
  checkIdentity(): Promise<void>
  head(): Promise<number>
  /** Number and root (hex) of an area's latest anchor; number 0 and zeros before the first. */
  latest(areaId: string): Promise<{ number: number; root: string }>
  /** Root on chain for (area, number), hex, and the transaction that put it there; null where there is none. */
  findAnchor(areaId: string, number: number): Promise<(Mined & { root: string }) | null>
  /** The next nonce by the chain: transactions mined so far. */
  nonce(): Promise<number>
  suggestedFees(): Promise<Fees>
  /** Signs one call that anchors all, for this nonce; throws `refused` when the contract would refuse it. */
  sign(batches: NewAnchor[], nonce: number, fees: Fees): Promise<SignedTransaction>
  /** The same call under the same nonce with other fees: a replacement. */
  resign(raw: string, fees: Fees): Promise<SignedTransaction>
  send(raw: string): Promise<void>
  /** Null while not mined, or after a reorganisation took it away. */
  mined(transaction: string): Promise<Mined | null>
  /** Wei on the anchoring account. */
  balance(): Promise<bigint>
}

const REQUEST_TIMEOUT_MS = 15_000
const GAS_MARGIN_PERCENT = 20n
const MS_PER_S = 1000

export interface EthereumOptions {
  rpcUrl: string
  anchoringKey: string
  deployment: Deployment
}

export function ethereum({ rpcUrl, anchoringKey, deployment }: EthereumOptions): Ethereum {
  const network = Network.from(deployment.chain_id)
  const provider = new JsonRpcProvider(rpcUrl, network, {
    staticNetwork: network,
    batchMaxCount: 1,
    // Answers a moment old may be from before a reorganisation.
    cacheTimeout: -1,
  })
  const wallet = new Wallet(anchoringKey)
  const contract = new Contract(deployment.contract, artifact.abi, provider)

  const ask = <T>(what: string, work: () => Promise<T>) => asking(what, work)
  const rpc = (method: string, params: unknown[]): Promise<unknown> =>
    ask(method, () => provider.send(method, params))

  /** Null when the block is not, or no longer, the one of its number in the chain. */
  const minedIn = async (
    { blockNumber, blockHash }: { blockNumber: number; blockHash: string },
    transaction: string,
    succeeded: boolean,
  ): Promise<Mined | null> => {
    const block = await ask('eth_getBlock', () => provider.getBlock(blockNumber))
    if (block?.hash !== blockHash) return null
    const anchoredAt = new Date(block.timestamp * MS_PER_S)
    return { transaction, blockNumber, blockHash, anchoredAt, succeeded }
  }

  return {
    chainId: deployment.chain_id,
    contract: deployment.contract,

    async checkIdentity() {
      const chainId = Number(await rpc('eth_chainId', []))
      if (chainId !== deployment.chain_id) {
        throw new CodedError<EthereumErrorCode>(
          'wrong_chain',
          `Ethereum: expected chain ${deployment.chain_id}, the node is on ${chainId}`,
        )
      }
      const code = String(await rpc('eth_getCode', [deployment.contract, 'latest']))
      if (keccak256(code) !== deployment.code_hash) {
        throw new CodedError<EthereumErrorCode>(
          'not_our_contract',
          `contract ${deployment.contract}: expected code with hash ${deployment.code_hash}, got ${keccak256(code)}`,
        )
      }
    },

    head: async () => Number(await rpc('eth_blockNumber', [])),

    async latest(areaId) {
      const [number, root] = await ask('latest', () =>
        contract.getFunction('latest')(areaIdBytes32(areaId)),
      )
      return { number: Number(number), root: String(root).slice(2) }
    },

    async findAnchor(areaId, number) {
      const event = contract.getEvent('BatchAnchored')
      const logs = await ask('eth_getLogs', async () =>
        contract.queryFilter(event(areaIdBytes32(areaId), number), deployment.block_number),
      )
      const log = logs.at(-1)
      if (!log) return null
      const parsed = contract.interface.parseLog(log)
      const mined = await minedIn(log, log.transactionHash, true)
      return mined && { ...mined, root: String(parsed?.args.root).slice(2) }
    },

    nonce: async () => Number(await rpc('eth_getTransactionCount', [wallet.address, 'latest'])),

    async suggestedFees() {
      const { maxFeePerGas, maxPriorityFeePerGas } = await ask('fees', () => provider.getFeeData())
      if (maxFeePerGas === null || maxPriorityFeePerGas === null) {
        throw new CodedError<EthereumErrorCode>(
          'chain_unavailable',
          'Ethereum: the node suggests no EIP-1559 fees',
        )
      }
      return { maxFeePerGas, maxPriorityFeePerGas }
    },

    async sign(batches, nonce, { maxFeePerGas, maxPriorityFeePerGas }) {
      const data = contract.interface.encodeFunctionData('anchor', [
        batches.map(({ areaId, previousRoot, root, size, cid }) => ({
          areaId: areaIdBytes32(areaId),
          previousRoot: `0x${previousRoot}`,
          root: `0x${root}`,
          size,
          cid,
        })),
      ])
      const call = { to: deployment.contract, data, from: wallet.address }
      const gas = await ask('eth_estimateGas', () => provider.estimateGas(call))
      const transaction = Transaction.from({
        type: 2,
        chainId: deployment.chain_id,
        to: deployment.contract,
        data,
        nonce,
        gasLimit: gas + (gas * GAS_MARGIN_PERCENT) / 100n,
        maxFeePerGas,
        maxPriorityFeePerGas,
      })
      return signed(wallet, transaction)
    },

    async resign(raw, { maxFeePerGas, maxPriorityFeePerGas }) {
      const transaction = Transaction.from(raw).clone()
      transaction.signature = null
      Object.assign(transaction, { maxFeePerGas, maxPriorityFeePerGas })
      return signed(wallet, transaction)
    },

    async send(raw) {
      try {
        await rpc('eth_sendRawTransaction', [raw])
      } catch (error) {
        // The node already holds these bytes, or has mined them: that is what sending them is for.
        if (!/already known|already imported|nonce too low/i.test(messageOf(error))) throw error
      }
    },

    async mined(transaction) {
      const receipt = await ask('receipt', () => provider.getTransactionReceipt(transaction))
      return receipt && minedIn(receipt, transaction, receipt.status === 1)
    },

    balance: async () => BigInt(String(await rpc('eth_getBalance', [wallet.address, 'latest']))),
  }
}

async function signed(wallet: Wallet, transaction: Transaction): Promise<SignedTransaction> {
  const raw = await wallet.signTransaction(transaction)
  return { hash: keccak256(raw), raw }
}

async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)),
      REQUEST_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([work(), late])
  } catch (cause) {
    const code = isRevert(cause) ? 'refused' : 'chain_unavailable'
    throw new CodedError<EthereumErrorCode>(
      code,
      `Ethereum: ${what} failed: ${shortMessageOf(cause)}`,
      { cause },
    )
  } finally {
    clearTimeout(timer)
  }
}

/** What the node answered, or ethers says in short: its long message holds the node's URL, and with it often a secret. */
function shortMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error)
  if ('error' in error && error.error instanceof Object && 'message' in error.error)
    return String(error.error.message)
  return 'shortMessage' in error ? String(error.shortMessage) : error.message
}

const isRevert = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'CALL_EXCEPTION'
