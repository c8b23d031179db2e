import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Contract,
  getBytes,
  Interface,
  isError,
  JsonRpcProvider,
  Wallet,
  type Result,
  type TransactionReceipt,
} from 'ethers'
import artifact from '../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { deployLedger } from '../../contracts/deploy.ts'
import { areaIdBytes32 } from '../../shared/area.ts'
import { sha256, toHex, utf8 } from '../../shared/bytes.ts'
import { startChain } from '../../stack/chain/index.ts'

export const ZERO_ROOT = `0x${'00'.repeat(32)}`
const ledgerInterface = new Interface(artifact.abi)

export interface NewAnchor {
  areaId: string
  previousRoot: string
  root: string
  size: number
  cid: Uint8Array
}

/** A root, or any other hash, that differs for every name. */
export const hashOf = (name: string): string => `0x${toHex(sha256(utf8(name)))}`

export const cidOf = (name: string): Uint8Array => getBytes(`0x01551220${hashOf(name).slice(2)}`)

/** The `number`th batch of a row whose roots are derived from the area and the number. */
export function batchOf(area: string, number: number): NewAnchor {
  return {
    areaId: areaIdBytes32(area),
    previousRoot: number === 1 ? ZERO_ROOT : hashOf(`${area}-${number - 1}`),
    root: hashOf(`${area}-${number}`),
    size: number,
    cid: cidOf(`${area}-${number}.jsonl`),
  }
}

/** A freshly deployed ledger on a real EVM of its own; `owner` deployed it, `anchorer` holds the anchoring role. */
export async function startLedger() {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-ledger-'))
  const chain = await startChain({ dir })
  const options = { staticNetwork: true, pollingInterval: 10, cacheTimeout: -1 }
  const provider = new JsonRpcProvider(
    chain.rpcUrl,
    { name: 'dev', chainId: chain.chainId },
    options,
  )
  const wallets = chain.accounts.map((account) => new Wallet(account.privateKey, provider))
  const [owner, anchorer, stranger, successor] = wallets
  if (!owner || !anchorer || !stranger || !successor) throw new Error('expected four accounts')
  const { deployment } = await deployLedger({
    rpcUrl: chain.rpcUrl,
    deployerKey: owner.privateKey,
    anchorer: anchorer.address,
    directory: dir,
  })

  const call = (name: string, ...values: unknown[]): Promise<unknown> =>
    new Contract(deployment.contract, ledgerInterface, provider).getFunction(name)(...values)
  const send = async (
    wallet: Wallet,
    name: string,
    ...values: unknown[]
  ): Promise<TransactionReceipt> => {
    const data = ledgerInterface.encodeFunctionData(name, values)
    const sent = await wallet.sendTransaction({ to: deployment.contract, data })
    const receipt = await sent.wait()
    if (!receipt) throw new Error(`${name}: expected a receipt, got none`)
    return receipt
  }
  const anchor = (...batches: NewAnchor[]): Promise<TransactionReceipt> =>
    send(anchorer, 'anchor', batches)
  const stop = async (): Promise<void> => {
    provider.destroy()
    await chain.stop()
    await rm(dir, { recursive: true })
  }
  return {
    address: deployment.contract,
    owner,
    anchorer,
    stranger,
    successor,
    call,
    send,
    anchor,
    stop,
  }
}

export type Ledger = Awaited<ReturnType<typeof startLedger>>

/** Name and arguments of the contract's error with which the call is refused. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ name: string; values: unknown[] }> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const data = isError(error, 'CALL_EXCEPTION') ? error.data : undefined
  const parsed = data ? ledgerInterface.parseError(data) : null
  if (!parsed) throw new Error('expected a refusal by the contract', { cause: error })
  return { name: parsed.name, values: [...parsed.args] }
}

/** Names and arguments of the ledger's events in a receipt, in order. */
export function eventsOf(receipt: TransactionReceipt): { name: string; values: Result }[] {
  return receipt.logs.map((log) => {
    const parsed = ledgerInterface.parseLog(log)
    if (!parsed) throw new Error(`expected an event of the ledger, got ${log.topics[0]}`)
    return { name: parsed.name, values: parsed.args }
  })
}
