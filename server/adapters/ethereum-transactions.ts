import { keccak256, Transaction, type Contract, type JsonRpcProvider } from 'ethers'
import { areaIdBytes32 } from '../../shared/area.ts'
import type { Deployment } from '../../shared/deployment.ts'
import { ask } from './ethereum-rpc.ts'
import type { TransactionSigner } from './transaction-signer.ts'

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

const GAS_MARGIN_PERCENT = 20n

interface Caller {
  provider: JsonRpcProvider
  contract: Contract
  signer: TransactionSigner
  deployment: Deployment
}

/** `Ethereum.sign`. */
export async function signAnchors(
  { provider, contract, signer, deployment }: Caller,
  batches: readonly NewAnchor[],
  nonce: number,
  { maxFeePerGas, maxPriorityFeePerGas }: Fees,
): Promise<SignedTransaction> {
  const { chain_id: chainId, contract: to } = deployment
  const data = contract.interface.encodeFunctionData('anchor', [
    batches.map(({ areaId, previousRoot, root, size, cid }) => ({
      areaId: areaIdBytes32(areaId),
      previousRoot: `0x${previousRoot}`,
      root: `0x${root}`,
      size,
      cid,
    })),
  ])
  const call = { to, data, from: signer.address }
  const gas = await ask('eth_estimateGas', () => provider.estimateGas(call))
  const transaction = Transaction.from({
    type: 2,
    chainId,
    to,
    data,
    nonce,
    gasLimit: gas + (gas * GAS_MARGIN_PERCENT) / 100n,
    maxFeePerGas,
    maxPriorityFeePerGas,
  })
  return signed(signer, transaction)
}

/** `Ethereum.resign`. */
export async function resign(
  signer: TransactionSigner,
  raw: string,
  { maxFeePerGas, maxPriorityFeePerGas }: Fees,
): Promise<SignedTransaction> {
  const transaction = Transaction.from(raw).clone()
  transaction.signature = null
  Object.assign(transaction, { maxFeePerGas, maxPriorityFeePerGas })
  return signed(signer, transaction)
}

async function signed(
  signer: TransactionSigner,
  transaction: Transaction,
): Promise<SignedTransaction> {
  const raw = await signer.sign(transaction)
  return { hash: keccak256(raw), raw }
}
