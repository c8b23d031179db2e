import { computeAddress, Contract, Interface, JsonRpcProvider } from 'ethers'
import { afterAll, afterEach, beforeAll } from 'vitest'
import artifact from '../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import type { BatchRow } from '../../../server/models/index.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { areaIdBytes32 } from '../../../shared/area.ts'
import { eventually, mine, rpc } from '../../portal.ts'
import { startServices, type ServiceTest } from './deps.ts'
import { recordsDue } from './waiting.ts'

/** The services this file's tests drive; `openLedger` starts them. */
export let test: ServiceTest
let areas = 0
export const nextArea = () => `area-${(areas += 1)}`

/** Starts a stack for the tests of a file, and leaves it after each test with nothing under way. */
export function openLedger(): void {
  beforeAll(async () => {
    test = await startServices()
  })
  afterAll(() => test?.stop())
  afterEach(async () => {
    await setFunds(FUNDS_WEI)
    await rpc(test.stack, 'evm_setAutomine', [true])
    await settle()
  })
}

/** Everything published so far gets onto the chain, so that the next test begins with nothing under way. */
async function settle(): Promise<void> {
  await mine(test.stack, 1)
  await anchorBatches(test.deps)
}

export async function published(areaId: string, count?: number): Promise<BatchRow> {
  await recordsDue(test, areaId, count)
  await sealBatches(test.deps)
  await publishBatches(test.deps)
  return batch(areaId, 1)
}

export async function batch(areaId: string, number: number): Promise<BatchRow> {
  const row = await test.deps.models.batches.findById(`${areaId}/${number}`).lean()
  if (!row) throw new Error(`expected batch ${areaId}/${number}`)
  return row
}

/** Sends what is due, lets the chain mine it, and notes that it did. */
export async function anchored(): Promise<void> {
  await anchorBatches(test.deps)
  // The node answers before it has mined.
  await eventually('nothing under way', async () => {
    await anchorBatches(test.deps)
    return (await pendingTransactions()).length === 0
  })
}

/** Roots the contract holds for an area, in order, from its events. */
export async function rootsOnChain(areaId: string): Promise<string[]> {
  const provider = new JsonRpcProvider(test.stack.rpcUrl, undefined, { cacheTimeout: -1 })
  try {
    const contract = new Contract(test.stack.contract, artifact.abi, provider)
    const filter = contract.getEvent('BatchAnchored')(areaIdBytes32(areaId))
    const logs = await contract.queryFilter(filter)
    const events = new Interface(artifact.abi)
    return logs.map((log) => String(events.parseLog(log)?.args.root).slice(2))
  } finally {
    provider.destroy()
  }
}

export const pendingTransactions = () =>
  test.deps.models.anchorTransactions.find({ state: 'pending' }).sort({ signed_at: 1 }).lean()

/** How much the account that anchors has. */
export const setFunds = (wei: bigint) =>
  rpc(test.stack, 'anvil_setBalance', [
    computeAddress(`0x${test.stack.anchoringKey.replace(/^0x/, '')}`),
    `0x${wei.toString(16)}`,
  ])

export const FUNDS_WEI = 10n ** 21n

export const waitForNextTry = () => test.clock.advance(5 * 60_000)
