import { Transaction } from 'ethers'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { readDeployment } from '../../../server/adapters/deployment.ts'
import { ethereum } from '../../../server/adapters/ethereum.ts'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import { advanceLedger } from '../../../server/services/ledger/advance-ledger.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { confirmAnchors } from '../../../server/services/ledger/confirm-anchor.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { lease } from '../../../server/services/lease.ts'
import { leafIds, loadLeafList } from '../../../server/services/ledger/leaf-list.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { startIpfs } from '../../../stack/ipfs/index.ts'
import { eventually, mine, rpc } from '../../portal.ts'
import { ethereumOf, signerOf } from './deps.ts'
import { openRpcLine } from './rpc-line.ts'
import { recordsDue } from './waiting.ts'
import {
  anchored,
  batch,
  FUNDS_WEI,
  nextArea,
  openLedger,
  pendingTransactions,
  published,
  rootsOnChain,
  setFunds,
  test,
  waitForNextTry,
} from './ledger-steps.ts'

openLedger()

describe('anchoring, when something is wrong', () => {
  it('signs anew when a reorganisation took the transaction before the pending one', async () => {
    const [first, second] = [nextArea(), nextArea()]
    await published(first)
    await anchored()
    await rpc(test.stack, 'evm_setAutomine', [false])
    const { root } = await published(second)
    await anchorBatches(test.deps)
    const [waiting] = await pendingTransactions()
    await rpc(test.stack, 'anvil_dropTransaction', [waiting?._id])
    await rpc(test.stack, 'anvil_reorg', [1, []])
    for (const { _id } of await test.deps.models.anchorTransactions.find({ state: 'mined' }).lean())
      await rpc(test.stack, 'anvil_dropTransaction', [_id])
    expect(await test.deps.ethereum.nonce()).toBe((waiting?.nonce ?? 0) - 1)
    await anchorBatches(test.deps)
    expect((await pendingTransactions()).map(({ nonce }) => nonce)).toEqual([
      (waiting?.nonce ?? 0) - 1,
    ])
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(second, 1)).state).toBe('anchored')
    expect(await rootsOnChain(second)).toEqual([root])
    await confirmAnchors(test.deps)
    waitForNextTry()
    await anchorBatches(test.deps)
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(first, 1)).state).toBe('anchored')
  })

  it('does not raise the fees of what the node refuses, and goes on once there are funds', async () => {
    const area = nextArea()
    await rpc(test.stack, 'evm_setAutomine', [false])
    await published(area)
    await anchorBatches(test.deps)
    await setFunds(1n)
    for (let round = 0; round < 5; round += 1) {
      test.clock.advance(test.deps.settings.bumpAfterMs)
      await anchorBatches(test.deps).catch(() => undefined)
    }
    expect((await pendingTransactions()).length).toBeLessThanOrEqual(2)
    await setFunds(FUNDS_WEI)
    await anchorBatches(test.deps)
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).state).toBe('anchored')
  })

  it('signs what the node never took anew at the fees of the day', async () => {
    const area = nextArea()
    const { root } = await published(area)
    await setFunds(1n)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).failure).toMatchObject({ code: 'chain_unavailable' })
    const { maxFeePerGas } = await test.deps.ethereum.suggestedFees()
    for (let round = 0; round < 5; round += 1) {
      test.clock.advance(10 * test.deps.settings.bumpAfterMs)
      await anchorBatches(test.deps).catch(() => undefined)
    }
    const fees = (await pendingTransactions()).map(({ max_fee_per_gas }) => BigInt(max_fee_per_gas))
    expect(fees).toEqual([maxFeePerGas])
    await setFunds(FUNDS_WEI)
    await anchored()
    expect(await rootsOnChain(area)).toEqual([root])
  })

  it('raises fees up to the ceiling and no further', async () => {
    const area = nextArea()
    await rpc(test.stack, 'evm_setAutomine', [false])
    await published(area)
    const maxFeeGwei = 4
    const { rpcUrl, deploymentsDir, chainId } = test.stack
    const deployment = readDeployment(deploymentsDir, chainId)
    const capped = ethereum({ rpcUrl, signer: signerOf(test.stack), deployment, maxFeeGwei })
    const deps: Deps = { ...test.deps, ethereum: capped }
    await anchorBatches(deps)
    for (let round = 0; round < 12; round += 1) {
      test.clock.advance(test.deps.settings.bumpAfterMs)
      await anchorBatches(deps)
    }
    const fees = (await pendingTransactions()).map(({ max_fee_per_gas }) => BigInt(max_fee_per_gas))
    expect(fees.length).toBeGreaterThan(1)
    expect(fees.length).toBeLessThan(12)
    for (const fee of fees) expect(fee).toBeLessThanOrEqual(capped.maxFeePerGas)
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).state).toBe('anchored')
  })

  it('is not held up by any number of batches that wait behind a damaged one', async () => {
    const [blocked, free] = ['a-blocked', nextArea()]
    const behind = await published(blocked)
    await test.deps.models.batches.deleteOne({ _id: behind._id })
    const waiting = Array.from({ length: 250 }, (_, n) => ({
      ...behind,
      _id: `${blocked}/${n + 2}`,
      number: n + 2,
    }))
    await test.deps.models.batches.create(waiting)
    await published(free)
    await anchored()
    expect((await batch(free, 1)).state).toBe('anchored')
    await test.deps.models.batches.deleteMany({ area_id: blocked })
  })

  it('takes a share of each area where more is due than one transaction holds', async () => {
    const [long, short] = [nextArea(), nextArea()]
    const first = await published(long)
    const rows = Array.from({ length: 249 }, (_, n) => ({
      ...first,
      _id: `${long}/${n + 2}`,
      number: n + 2,
      previous_root: first.root,
    }))
    await test.deps.models.batches.create(rows)
    await rpc(test.stack, 'evm_setAutomine', [false])
    await published(short)
    await anchorBatches(test.deps)
    const [sent] = await pendingTransactions()
    expect(sent?.batches).toHaveLength(200)
    expect(sent?.batches.slice(0, 3)).toEqual([`${long}/1`, `${short}/1`, `${long}/2`])
    expect(Transaction.from(sent?.raw).gasLimit).toBeLessThan(16_777_216n)
    await mine(test.stack, 1)
    await rpc(test.stack, 'evm_setAutomine', [true])
    await anchored()
    expect(new Set(await rootsOnChain(long))).toEqual(new Set([first.root]))
    expect(await rootsOnChain(long)).toHaveLength(250)
    // Else every later test would look each of them up on the chain.
    await test.deps.models.batches.deleteMany({ area_id: long })
  })

  it('recognises a root through a node that gives logs of ten blocks at most', async () => {
    const area = nextArea()
    await mine(test.stack, 40)
    await published(area)
    await anchored()
    const { anchor } = await batch(area, 1)
    await mine(test.stack, 40)
    await test.deps.models.batches.updateOne(
      { _id: `${area}/1` },
      { $set: { state: 'published', anchor: null } },
    )
    const line = await openRpcLine(test.stack.rpcUrl, (method, [filter]) => {
      if (method !== 'eth_getLogs') return null
      const { fromBlock, toBlock } = Object(filter)
      if (Number(toBlock) - Number(fromBlock) < 10) return null
      return { error: { code: -32600, message: 'up to a 10 block range' } }
    })
    try {
      const deps: Deps = { ...test.deps, ethereum: ethereumOf(test.stack, { rpcUrl: line.url }) }
      await anchorBatches(deps)
      expect(await batch(area, 1)).toMatchObject({ state: 'anchored', anchor })
    } finally {
      await line.close()
    }
  })
})

describe('confirming, through a node that does not know', () => {
  it.each([
    ['has no receipt for it', { result: null }],
    ['fails to give it', { error: { code: -32000, message: 'pruned' } }],
  ])(
    'does not take a batch back because a node %s, while the contract holds it',
    async (_, answer) => {
      const area = nextArea()
      await published(area)
      await anchored()
      await mine(test.stack, 1)
      const { anchor } = await batch(area, 1)
      const line = await openRpcLine(test.stack.rpcUrl, (method) =>
        method === 'eth_getTransactionReceipt' ? answer : null,
      )
      try {
        const deps: Deps = { ...test.deps, ethereum: ethereumOf(test.stack, { rpcUrl: line.url }) }
        await confirmAnchors(deps)
        expect(await batch(area, 1)).toMatchObject({ state: 'anchored', anchor, failure: null })
        await mine(test.stack, 1)
        await confirmAnchors(deps)
        expect((await batch(area, 1)).state).toBe('final')
      } finally {
        await line.close()
      }
    },
  )

  it('says nothing of a batch through a node that has not reached its block', async () => {
    const area = nextArea()
    await published(area)
    await anchored()
    const before = await batch(area, 1)
    const head = `0x${((before.anchor?.block_number ?? 0) - 1).toString(16)}`
    const line = await openRpcLine(test.stack.rpcUrl, (method) => {
      if (method === 'eth_blockNumber') return { result: head }
      return method === 'eth_getTransactionReceipt' ? { result: null } : null
    })
    try {
      const deps: Deps = { ...test.deps, ethereum: ethereumOf(test.stack, { rpcUrl: line.url }) }
      await confirmAnchors(deps)
      expect(await batch(area, 1)).toEqual(before)
    } finally {
      await line.close()
    }
  })
})

describe('publishing to a store that hangs', () => {
  it('ends at the first batch, and is not tried again at once for another', async () => {
    const names = [nextArea(), nextArea(), nextArea()]
    for (const name of names) await recordsDue(test, name)
    await sealBatches(test.deps)
    let requests = 0
    const store = createServer(() => void (requests += 1))
    store.listen(0, '127.0.0.1')
    await once(store, 'listening')
    const address = Object(store.address())
    try {
      const hanging = kuboIpfs(`http://127.0.0.1:${address.port}/api/v0`, { idleMs: 200 })
      const deps: Deps = { ...test.deps, ipfs: hanging }
      const held = lease(deps, 'ledger', 'a test')
      await advanceLedger(deps, held)
      await advanceLedger(deps, held)
      expect(requests).toBe(1)
      const rows = await Promise.all(names.map((name) => batch(name, 1)))
      expect(rows.map(({ failure }) => failure?.code)).toEqual([
        'ipfs_unavailable',
        undefined,
        undefined,
      ])
      expect((await test.deps.models.failures.findById('publish').lean())?.failure).toMatchObject({
        code: 'ipfs_unavailable',
        attempt: 1,
      })
      waitForNextTry()
      await advanceLedger(test.deps, held)
      expect(await test.deps.models.batches.countDocuments({ state: 'sealed' })).toBe(0)
      expect(await test.deps.models.failures.countDocuments()).toBe(0)
    } finally {
      store.closeAllConnections()
      store.close()
      await lease(test.deps, 'ledger', 'a test').release()
    }
  })

  it('does not hold up the others where it fails for one batch alone', async () => {
    const [poor, good] = [nextArea(), nextArea()]
    for (const name of [poor, good]) await recordsDue(test, name)
    await sealBatches(test.deps)
    const { ipfs } = test.deps
    let attempts = 0
    const add: typeof ipfs.add = async (file) => {
      attempts += 1
      if (attempts === 1) return kuboIpfs('http://127.0.0.1:9/api/v0').add(file)
      return ipfs.add(file)
    }
    const deps: Deps = { ...test.deps, ipfs: { ...ipfs, add } }
    await expect(publishBatches(deps)).rejects.toThrow('dag/import failed')
    waitForNextTry()
    attempts = -1
    await publishBatches(deps)
    expect((await batch(good, 1)).state).toBe('published')
    expect((await batch(poor, 1)).failure).toMatchObject({ attempt: 2 })
    waitForNextTry()
    await publishBatches(test.deps)
    expect((await batch(poor, 1)).state).toBe('published')
  })
})

describe('a store whose disk is full', () => {
  it.skipIf(process.platform !== 'linux')(
    'leaves the batch sealed, and takes it once there is room',
    async () => {
      const area = nextArea()
      const dir = join(test.dir, 'full-store')
      let store = await startIpfs({ dir })
      try {
        await recordsDue(test, area, 5)
        await sealBatches(test.deps)
        // No file may grow past this from now on: a write ends as on a disk that is full, or the process with it.
        await promisify(execFile)('prlimit', ['--pid', String(store.pid), '--fsize=64'])
        const full: Deps = { ...test.deps, ipfs: kuboIpfs(store.apiUrl) }
        await expect(publishBatches(full)).rejects.toMatchObject({ code: 'ipfs_unavailable' })
        expect(await batch(area, 1)).toMatchObject({ state: 'sealed', cid: null })
        await store.stop()
        store = await startIpfs({ dir })
        waitForNextTry()
        await publishBatches({ ...test.deps, ipfs: kuboIpfs(store.apiUrl) })
        expect((await batch(area, 1)).state).toBe('published')
      } finally {
        await store.stop()
      }
      await publishBatches(test.deps)
    },
  )
})

describe('three instances', () => {
  it('whose clocks are hours apart and jump seal and anchor every record once', async () => {
    const area = nextArea()
    const leaves: string[] = []
    // Each holds one of its own: they work at the same time, as who slept through the common one would.
    const leases = [0, 1, 2].map((index) => lease(test.deps, `ledger ${index}`, 'an instance'))
    for (let round = 0; round < 3; round += 1) {
      leaves.push(...(await recordsDue(test, area, 4)))
      const offsetsMs = [-3_600_000, 0, 7_200_000].map((ms) => ms * (round % 2 === 0 ? 1 : -1))
      await Promise.all(
        leases.map((own, index) => {
          const ms = offsetsMs[index] ?? 0
          const clock = { now: () => new Date(test.clock.now().getTime() + ms) }
          return advanceLedger({ ...test.deps, clock }, own)
        }),
      )
    }
    await eventually('everything anchored', async () => {
      waitForNextTry()
      await sealBatches(test.deps)
      await publishBatches(test.deps)
      await anchorBatches(test.deps)
      const { records, batches } = test.deps.models
      return (
        !(await records.exists({ area_id: area, batch_number: null })) &&
        !(await batches.exists({ area_id: area, state: { $in: ['sealed', 'published'] } }))
      )
    })
    const rows = await test.deps.models.batches.find({ area_id: area }).sort({ number: 1 }).lean()
    expect(await rootsOnChain(area)).toEqual(rows.map(({ root }) => root))
    const lists = await Promise.all(rows.map(({ root }) => loadLeafList(test.deps, root)))
    expect(lists.flatMap((list) => leafIds(list)).sort()).toEqual(leaves.sort())
  })
})

describe('the lease', () => {
  it('is prolonged while a step takes longer than it lasts', async () => {
    await recordsDue(test, nextArea())
    let letGo: () => void = () => undefined
    const isFree = new Promise<void>((resolve) => (letGo = resolve))
    let hasBegun = false
    const { ipfs } = test.deps
    const add: typeof ipfs.add = async (file) => {
      hasBegun = true
      await isFree
      return ipfs.add(file)
    }
    const settings = { ...test.deps.settings, leaseMs: 300 }
    const deps: Deps = { ...test.deps, settings, ipfs: { ...ipfs, add } }
    const held = lease(deps, 'ledger', 'the first')
    const advanced = advanceLedger(deps, held)
    const expiry = async () =>
      (await test.deps.models.leases.findById('ledger').lean())?.expires_at ?? new Date(0)
    try {
      await eventually('a step under way', async () => hasBegun)
      const first = await expiry()
      await eventually('the lease outlived', async () => new Date() > first)
      expect(await lease(deps, 'ledger', 'the second').hold()).toBe(false)
    } finally {
      letGo()
      await advanced
      await held.release()
    }
  })

  it('of an instance two hours ahead that died goes to another after one lease', async () => {
    const settings = { ...test.deps.settings, leaseMs: 500 }
    const clock = { now: () => new Date(test.clock.now().getTime() + 7_200_000) }
    const ahead: Deps = { ...test.deps, settings, clock }
    expect(await lease(ahead, 'ledger', 'ahead').hold()).toBe(true)
    const other = lease(test.deps, 'ledger', 'other')
    expect(await advanceLedger(test.deps, other)).toBe(false)
    await eventually('another advances', () => advanceLedger(test.deps, other))
    await other.release()
  })

  it('is not trusted by who hears of it only after it ran out', async () => {
    const { leases } = test.deps.models
    const settings = { ...test.deps.settings, leaseMs: 50 }
    const slow = new Proxy(leases, {
      get(target, name) {
        if (name !== 'collection') return Reflect.get(target, name)
        const findOneAndUpdate = async (
          ...given: Parameters<typeof target.collection.findOneAndUpdate>
        ) => {
          const row = await target.collection.findOneAndUpdate(...given)
          await eventually('it ran out', () => lease(test.deps, 'ledger', 'next').hold())
          return row
        }
        return { findOneAndUpdate }
      },
    })
    const models = { ...test.deps.models, leases: slow }
    expect(await lease({ models, settings }, 'ledger', 'late').hold()).toBe(false)
    await lease(test.deps, 'ledger', 'next').release()
  })
})

describe('a refusal', () => {
  it('is logged once, not at each try', async () => {
    const area = nextArea()
    await published(area)
    const deployment = readDeployment(test.stack.deploymentsDir, test.stack.chainId)
    const wrong = ethereumOf(test.stack, { deployment: { ...deployment, chain_id: 1 } })
    const deps: Deps = { ...test.deps, ethereum: wrong }
    const held = lease(deps, 'ledger', 'a test')
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      for (let round = 0; round < 3; round += 1) {
        await advanceLedger(deps, held)
        waitForNextTry()
      }
      const lines = log.mock.calls.map(([line]) => String(line))
      expect(lines.filter((line) => !line.includes('confirm'))).toEqual([
        'Ledger: anchor: wrong_chain: Ethereum: expected chain 1, the node is on 31337',
      ])
    } finally {
      log.mockRestore()
      await held.release()
    }
    await test.deps.models.failures.deleteMany({})
  })
})
