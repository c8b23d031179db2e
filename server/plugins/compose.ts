import { randomUUID } from 'node:crypto'
import { openDatabase } from '../adapters/database'
import { systemClock } from '../adapters/clock'
import { readDeployment } from '../adapters/deployment'
import { ethereum } from '../adapters/ethereum'
import { glimpsesOf } from '../adapters/glimpses'
import { kuboIpfs } from '../adapters/ipfs'
import { OWASP_COST, passwords } from '../adapters/passwords'
import { sessions } from '../adapters/sessions'
import { altcha } from '../adapters/proof-of-work'
import { mqttMessages } from '../adapters/mqtt'
import { observed } from '../adapters/observed'
import { webPushSender } from '../adapters/push'
import { opensslVerifier } from '../adapters/signature-verifier'
import { signingKey } from '../adapters/signing-key'
import { transactionSigner } from '../adapters/transaction-signer'
import { vault } from '../adapters/vault'
import { createModels, ensureIndexes } from '../models'
import { readingIntake } from '../services/reading/accept-reading'
import { lease } from '../services/lease'
import { migrate } from '../services/layout/migrate'
import type { ComplaintDesk, Deps } from '../services/deps'
import type { Config } from '../utils/config'
import { recentRefusals } from '../services/reading/recent-refusals'
import { MAX_BATCH_RECORDS } from '../../shared/batch'
import { CodedError, messageOf } from '../../shared/coded-error'
import { ipfsGateway } from '../../shared/verification'

/**
 * The composition root: the one place where adapters and models are made and handed to services. Anything wrong with
 * the configuration stops the process with a sentence; a database that is away is waited for.
 */
const MS_PER_S = 1000
const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000
/** Of each key a solver derives; how many it derives is configured. */
const WORK_ITERATIONS = 1000

function compose() {
  const config = readConfig(process.env)
  const deployment = readDeployment(config.NUXT_DEPLOYMENTS_DIR, config.NUXT_CHAIN_ID)
  const database = openDatabase(config.NUXT_MONGODB_URI, noteHeartbeat)
  const models = createModels(database.connection)
  const stores = {
    ipfs: observed(kuboIpfs(config.NUXT_IPFS_API_URL), noteCallsOf('ipfs')),
    ethereum: observed(
      ethereum({
        rpcUrl: config.NUXT_ETHEREUM_RPC_URL,
        signer: transactionSigner(anchoringSettings(config)),
        deployment,
        maxFeeGwei: config.NUXT_MAX_FEE_GWEI,
      }),
      noteCallsOf('ethereum'),
    ),
  }
  const deps: Deps = {
    settings: {
      batchIntervalMs: config.NUXT_BATCH_INTERVAL_SECONDS * MS_PER_S,
      maxBatchRecords: MAX_BATCH_RECORDS,
      confirmations: config.NUXT_CONFIRMATIONS,
      heartbeatMs: config.NUXT_HEARTBEAT_MINUTES * MS_PER_MINUTE,
      bumpAfterMs: config.NUXT_GAS_BUMP_SECONDS * MS_PER_S,
      leaseMs: config.NUXT_LEASE_SECONDS * MS_PER_S,
    },
    clock: systemClock,
    models,
    ...stores,
    glimpses: glimpsesOf(stores),
    logKey: signingKey(config.NUXT_LOG_KEY.replace(/^0x/, '')),
    verifier: opensslVerifier(),
    complaintDesk: complaintDesk(config),
    passwords: passwords(OWASP_COST),
    sessions: sessions(models, systemClock),
  }
  const holder = randomUUID()
  const mqtt = mqttSettings(config)
  return {
    config,
    deps,
    database,
    lease: lease(deps, 'ledger', holder),
    outageLease: lease(deps, 'outages', holder),
    pushLease: lease(deps, 'push', holder),
    restoreSource:
      config.NUXT_RESTORE_FROM === undefined
        ? null
        : ipfsGateway({ gatewayUrl: config.NUXT_RESTORE_FROM }),
    retentionLease: lease(deps, 'retention', holder),
    readingRetentionMs:
      config.NUXT_READING_RETENTION_DAYS === undefined
        ? null
        : config.NUXT_READING_RETENTION_DAYS * MS_PER_DAY,
    layoutLease: lease(deps, 'layout', holder),
    push: pushSender(config),
    intake: readingIntake(deps, observeGroup),
    messages: config.NUXT_RESTORE_FROM === undefined ? mqtt && mqttMessages(mqtt) : null,
    refusals: recentRefusals(deps.clock),
  }
}

function pushSender({ NUXT_PUSH_KEY: key, NUXT_PUSH_CONTACT, NUXT_PUSH_HOSTS }: Config) {
  const settings = { contact: NUXT_PUSH_CONTACT, hosts: NUXT_PUSH_HOSTS }
  return key === undefined ? null : webPushSender({ key: key.replace(/^0x/, ''), ...settings })
}

function complaintDesk(config: Config): ComplaintDesk {
  const keys = vault(config.NUXT_PERSONAL_DATA_KEY)
  return {
    clockHours: config.NUXT_COMPLAINT_CLOCK_HOURS,
    retentionMs: config.NUXT_COMPLAINT_RETENTION_DAYS * MS_PER_DAY,
    vault: keys,
    work: altcha(keys.secretFor('proof of work'), {
      rounds: config.NUXT_COMPLAINT_WORK,
      iterations: WORK_ITERATIONS,
    }),
  }
}

function endWith(message: string): never {
  log('error', message)
  process.exit(1)
}

export default defineNitroPlugin((nitroApp) => {
  openLog(process.env, countLine)
  let composed: ReturnType<typeof compose>
  try {
    composed = compose()
  } catch (error) {
    endWith(`Gridwitness cannot start. ${messageOf(error)}`)
  }
  const { database, deps, layoutLease } = composed
  watchStreams(countEventStreams)
  let isPrepared = false
  setComposition({ ...composed, isPrepared: () => isPrepared })
  database.whenOpen(
    async () => {
      const layout = await migrate(deps, layoutLease)
      await ensureIndexes(deps.models)
      isPrepared = true
      log('info', 'the database is ready', { layout })
    },
    (error) => {
      if (error instanceof CodedError && error.code === 'newer_layout')
        endWith(`Gridwitness cannot start. MongoDB: ${messageOf(error)}`)
      log('error', `MongoDB: ${messageOf(error)}; trying again`)
    },
  )

  nitroApp.hooks.hook('close', async () => {
    closeEventStreams()
    await clocksAtRest()
    await composed.messages?.close()
    const { lease, outageLease, pushLease, retentionLease } = composed
    for (const held of [lease, outageLease, pushLease, retentionLease, layoutLease])
      await held.release().catch(() => undefined)
    await database.close()
    log('info', 'stopped')
  })
})
