import { Contract, JsonRpcProvider, keccak256, Network } from 'ethers'
import artifact from '../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { areaIdBytes32 } from '../../shared/area.ts'
import { CodedError, messageOf } from '../../shared/coded-error.ts'
import type { Deployment } from '../../shared/deployment.ts'
import { anchorsBetween, type BatchAnchored } from '../../shared/verification/index.ts'
import { findAnchor, minedIn, type Cost, type Mined } from './ethereum-anchors.ts'
import { ask, type EthereumErrorCode } from './ethereum-rpc.ts'
import {
  resign,
  signAnchors,
  type Fees,
  type NewAnchor,
  type SignedTransaction,
} from './ethereum-transactions.ts'
import type { TransactionSigner } from './transaction-signer.ts'

/**
 * The contract on Ethereum, through a node that may lag, forget or reorganise: every answer is what that node holds
 * now, and nothing is remembered here. `sign` sends nothing; `send` may be repeated with the same bytes.
 */
export interface Ethereum {
  readonly chainId: number
  readonly contract: string
  /** Address of the anchoring account, lower case. */
  readonly account: string
  /** Throws unless node and contract are the configured ones. */
  checkIdentity(): Promise<void>
  head(): Promise<number>
  /** Number and root (hex) of an area's latest anchor as of block `head`; number 0 and zeros before the first. */
  latest(areaId: string, head: number): Promise<{ number: number; root: string }>
  /**
   * Root the contract holds for (area, number) as of block `head`, hex, and the transaction that put it there; null
   * where it holds none. A node that does not know `head` or no longer has the event throws `chain_unavailable`.
   */
  findAnchor(
    areaId: string,
    number: number,
    head: number,
  ): Promise<(Mined & { root: string }) | null>
  /** Block of the deployment: no anchor is older. */
  readonly firstBlock: number
  /** All batches anchored in the blocks from `from` to `to`, both included, in the order of the chain. */
  anchorsIn(from: number, to: number): Promise<BatchAnchored[]>
  /** The next nonce by the chain: transactions mined so far. */
  nonce(): Promise<number>
  /** Never above the ceiling. */
  suggestedFees(): Promise<Fees>
  /** Wei per gas that are never exceeded. */
  readonly maxFeePerGas: bigint
  /** Signs one call that anchors all, for this nonce; throws `refused` when the contract would refuse it. */
  sign(batches: NewAnchor[], nonce: number, fees: Fees): Promise<SignedTransaction>
  /** The same call under the same nonce with other fees: a replacement. */
  resign(raw: string, fees: Fees): Promise<SignedTransaction>
  send(raw: string): Promise<void>
  /** Whether the node has the transaction, mined or waiting. */
  holds(transaction: string): Promise<boolean>
  /** Null while not mined, or after a reorganisation took it away. */
  mined(transaction: string): Promise<(Mined & Cost) | null>
  /** Wei on the anchoring account. */
  balance(): Promise<bigint>
}

const WEI_PER_GWEI = 1_000_000_000n
const LOGS_TIMEOUT_MS = 20_000

export interface EthereumOptions {
  rpcUrl: string
  /** Of the anchoring account. */
  signer: TransactionSigner
  deployment: Deployment
  /** Gwei per gas that are never exceeded. */
  maxFeeGwei: number
}

export function ethereum({ rpcUrl, signer, deployment, maxFeeGwei }: EthereumOptions): Ethereum {
  const ceiling = BigInt(maxFeeGwei) * WEI_PER_GWEI
  const network = Network.from(deployment.chain_id)
  const provider = new JsonRpcProvider(rpcUrl, network, {
    staticNetwork: network,
    batchMaxCount: 1,
    // Answers a moment old may be from before a reorganisation.
    cacheTimeout: -1,
  })
  const contract = new Contract(deployment.contract, artifact.abi, provider)

  const rpc = (method: string, params: unknown[]): Promise<unknown> =>
    ask(method, () => provider.send(method, params))

  return {
    chainId: deployment.chain_id,
    contract: deployment.contract,
    account: signer.address.toLowerCase(),
    maxFeePerGas: ceiling,

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

    async latest(areaId, head) {
      const [number, root] = await ask('latest', () =>
        contract.getFunction('latest')(areaIdBytes32(areaId), { blockTag: head }),
      )
      return { number: Number(number), root: String(root).slice(2) }
    },

    findAnchor: (areaId, number, head) =>
      findAnchor({ provider, contract, firstBlock: deployment.block_number }, areaId, number, head),

    firstBlock: deployment.block_number,

    anchorsIn: (from, to) =>
      ask('eth_getLogs', () =>
        anchorsBetween(
          { rpcUrl, contract: deployment.contract, timeoutMs: LOGS_TIMEOUT_MS },
          from,
          to,
        ),
      ),

    nonce: async () => Number(await rpc('eth_getTransactionCount', [signer.address, 'latest'])),

    async suggestedFees() {
      const { maxFeePerGas, maxPriorityFeePerGas } = await ask('fees', () => provider.getFeeData())
      if (maxFeePerGas === null || maxPriorityFeePerGas === null) {
        throw new CodedError<EthereumErrorCode>(
          'chain_unavailable',
          'Ethereum: the node suggests no EIP-1559 fees',
        )
      }
      return {
        maxFeePerGas: lower(maxFeePerGas, ceiling),
        maxPriorityFeePerGas: lower(maxPriorityFeePerGas, ceiling),
      }
    },

    sign: (...call) => signAnchors({ provider, contract, signer, deployment }, ...call),

    resign: (raw, fees) => resign(signer, raw, fees),

    async send(raw) {
      try {
        await rpc('eth_sendRawTransaction', [raw])
      } catch (error) {
        // The node already holds these bytes, or has mined them: that is what sending them is for.
        if (!/already known|already imported|nonce too low/i.test(messageOf(error))) throw error
      }
    },

    holds: async (transaction) => (await rpc('eth_getTransactionByHash', [transaction])) !== null,

    async mined(transaction) {
      const receipt = await ask('receipt', () => provider.getTransactionReceipt(transaction))
      if (!receipt) return null
      const mined = await minedIn(provider, receipt, transaction, receipt.status === 1)
      return mined && { ...mined, gasUsed: Number(receipt.gasUsed), feeWei: receipt.fee }
    },

    balance: async () => BigInt(String(await rpc('eth_getBalance', [signer.address, 'latest']))),
  }
}

const lower = (a: bigint, b: bigint): bigint => (a < b ? a : b)
