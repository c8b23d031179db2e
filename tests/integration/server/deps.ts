import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import type { Clock } from '../../../server/adapters/clock.ts'
import { readDeployment } from '../../../server/adapters/deployment.ts'
import { ethereum } from '../../../server/adapters/ethereum.ts'
import { glimpsesOf } from '../../../server/adapters/glimpses.ts'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import { passwords } from '../../../server/adapters/passwords.ts'
import { sessions } from '../../../server/adapters/sessions.ts'
import { altcha } from '../../../server/adapters/proof-of-work.ts'
import { opensslVerifier } from '../../../server/adapters/signature-verifier.ts'
import { transactionSigner } from '../../../server/adapters/transaction-signer.ts'
import { signingKey } from '../../../server/adapters/signing-key.ts'
import { vault } from '../../../server/adapters/vault.ts'
import { createModels, ensureIndexes, type Models } from '../../../server/models/index.ts'
import type { ComplaintDesk, Deps } from '../../../server/services/deps.ts'
import { DEFAULT_CLOCK_HOURS } from '../../../shared/complaint/index.ts'
import { startStack, type Stack } from '../../../stack/start.ts'

const BATCH_INTERVAL_MS = 60_000
const BUMP_AFTER_MS = 120_000
/** Few, so that a test can fill a batch. */
const MAX_BATCH_RECORDS = 5
const HEARTBEAT_MS = 900_000
const LEASE_MS = 30_000
const MAX_FEE_GWEI = 500
/** The least the algorithm takes: tests hash many passwords. */
export const PASSWORD_COST = { memoryKib: 8, passes: 1 }

/** A clock that stands until it is told to go on. */
export class TestClock implements Clock {
  #nowMs = Date.now()
  now = (): Date => new Date(this.#nowMs)
  advance(ms: number): void {
    this.#nowMs += ms
  }
}

/** The collections of a stack's database, as the portal sees them; the driver tells of each command where that is asked. */
export async function openModels(
  stack: Pick<Stack, 'mongodbUri'>,
  { monitorCommands = false } = {},
): Promise<{ models: Models; close(): Promise<void> }> {
  const connection = mongoose.createConnection()
  const models = createModels(connection)
  const options = { autoIndex: false, autoCreate: false, monitorCommands }
  await connection.openUri(stack.mongodbUri, options)
  return { models, close: () => connection.close() }
}

/** Services on a real stack with no server around them and a clock of the test's own. */
export interface ServiceTest {
  stack: Stack
  deps: Deps
  clock: TestClock
  dir: string
  stop(): Promise<void>
}

export async function startServices(
  options: { monitorCommands?: boolean } = {},
): Promise<ServiceTest> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-services-'))
  const stack = await startStack({ dir })
  const { models, close } = await openModels(stack, options)
  await ensureIndexes(models)
  const clock = new TestClock()
  return {
    stack,
    clock,
    dir,
    deps: depsOn(stack, models, clock),
    async stop() {
      await close()
      await stack.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** What complaints need, with hardly any work to prove. */
export function complaintDesk(): ComplaintDesk {
  const keys = vault(randomBytes(32).toString('hex'))
  return {
    clockHours: DEFAULT_CLOCK_HOURS,
    retentionMs: 365 * 86_400_000,
    vault: keys,
    work: altcha(keys.secretFor('proof of work'), { rounds: 4, iterations: 1 }),
  }
}

function storesOf(stack: Stack) {
  const stores = { ipfs: kuboIpfs(stack.ipfsUrl), ethereum: ethereumOf(stack) }
  return { ...stores, glimpses: glimpsesOf(stores) }
}

/** Everything a service needs, on this stack. */
export const depsOn = (stack: Stack, models: Models, clock: Clock): Deps => ({
  settings: {
    batchIntervalMs: BATCH_INTERVAL_MS,
    maxBatchRecords: MAX_BATCH_RECORDS,
    confirmations: 3,
    heartbeatMs: HEARTBEAT_MS,
    bumpAfterMs: BUMP_AFTER_MS,
    leaseMs: LEASE_MS,
  },
  clock,
  models,
  ...storesOf(stack),
  logKey: signingKey(randomBytes(32).toString('hex')),
  verifier: opensslVerifier(),
  complaintDesk: complaintDesk(),
  passwords: passwords(PASSWORD_COST),
  sessions: sessions(models, clock),
})

/** The contract of this stack, through another node or with another deployment where given. */
export const ethereumOf = (
  stack: Stack,
  { rpcUrl = stack.rpcUrl, deployment = readDeployment(stack.deploymentsDir, stack.chainId) } = {},
) => ethereum({ rpcUrl, signer: signerOf(stack), deployment, maxFeeGwei: MAX_FEE_GWEI })

export const signerOf = ({ anchoringKey }: Pick<Stack, 'anchoringKey'>) =>
  transactionSigner({ kind: 'key', key: anchoringKey })
