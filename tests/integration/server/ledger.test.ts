import { Transaction } from 'ethers'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { readDeployment } from '../../../server/adapters/deployment.ts'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import { advanceLedger } from '../../../server/services/ledger/advance-ledger.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { confirmAnchors } from '../../../server/services/ledger/confirm-anchor.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { lease } from '../../../server/services/lease.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { ZERO_ROOT } from '../../../shared/batch/index.ts'
import { eventually, mine, rpc } from '../../portal.ts'
import { ethereumOf } from './deps.ts'
import { openHttpLine } from './line.ts'
import { recordsDue } from './waiting.ts'
import {
  anchored,
  batch,
  nextArea,
  openLedger,
  pendingTransactions,
  published,
  rootsOnChain,
  test,
  waitForNextTry,
} from './ledger-steps.ts'

const OTHER_CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const OTHER_ROOT = 'ab'.repeat(32)

openLedger()

describe('sealing', () => {
  it('waits for the batch interval, then takes all that came since', async () => {
    const area = nextArea()
    await recordsDue(test, area, 2)
    test.clock.advance(-test.deps.settings.batchIntervalMs)
    await sealBatches(test.deps)
    expect(await test.deps.models.batches.countDocuments({ area_id: area })).toBe(0)
    test.clock.advance(test.deps.settings.batchIntervalMs)
    await sealBatches(test.deps)
    expect(await batch(area, 1)).toMatchObject({ size: 2, previous_root: ZERO_ROOT })
  })

  it('splits what is more than a batch may hold, in the order of arrival', async () => {
    const area = nextArea()
    const leaves = await recordsDue(test, area, 2 * test.deps.settings.maxBatchRecords + 1)
    for (let round = 0; round < 4; round += 1) await sealBatches(test.deps)
    const rows = await test.deps.models.batches.find({ area_id: area }).sort({ number: 1 }).lean()
    expect(rows.map(({ size }) => size)).toEqual([5, 5, 1])
    expect(rows.map(({ previous_root }) => previous_root)).toEqual([
      ZERO_ROOT,
      ...rows.slice(0, 2).map(({ root }) => root),
    ])
    const marked = await test.deps.models.records.find({ area_id: area }).lean()
    const numbers = new Map(marked.map(({ _id, batch_number }) => [_id, batch_number]))
    expect(leaves.map((leaf) => numbers.get(leaf))).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3])
  })

  it('by two at once makes one batch of each record', async () => {
    const area = nextArea()
    await recordsDue(test, area, 4)
    await Promise.all(Array.from({ length: 4 }, () => sealBatches(test.deps)))
    await publishBatches(test.deps)
    const rows = await test.deps.models.batches.find({ area_id: area }).lean()
    expect(rows.map(({ size, is_marked }) => [size, is_marked])).toEqual([[4, true]])
  })

  it('that died before every record was marked is mended before the next batch', async () => {
    const area = nextArea()
    const [first] = await recordsDue(test, area, 3)
    await sealBatches(test.deps)
    await test.deps.models.batches.updateOne({ _id: `${area}/1` }, { $set: { is_marked: false } })
    await test.deps.models.records.updateOne({ _id: first }, { $set: { batch_number: null } })
    await recordsDue(test, area, 2)
    await sealBatches(test.deps)
    expect(await batch(area, 1)).toMatchObject({ size: 3, is_marked: true })
    expect(await batch(area, 2)).toMatchObject({ size: 2 })
  })
})

describe('anchoring', () => {
  it('puts all areas that are due into one transaction', async () => {
    const names = [nextArea(), nextArea(), nextArea()]
    for (const name of names) await recordsDue(test, name)
    await sealBatches(test.deps)
    await publishBatches(test.deps)
    await anchored()
    const rows = await Promise.all(names.map((name) => batch(name, 1)))
    expect(rows.map(({ state }) => state)).toEqual(['anchored', 'anchored', 'anchored'])
    expect(new Set(rows.map(({ anchor }) => anchor?.transaction)).size).toBe(1)
    for (const { area_id, root } of rows) expect(await rootsOnChain(area_id)).toEqual([root])
  })

  it('puts several batches of one area into one transaction, in their order', async () => {
    const area = nextArea()
    await recordsDue(test, area, 7)
    await sealBatches(test.deps)
    await sealBatches(test.deps)
    await publishBatches(test.deps)
    await anchored()
    const rows = [await batch(area, 1), await batch(area, 2)]
    expect(await rootsOnChain(area)).toEqual(rows.map(({ root }) => root))
    expect(new Set(rows.map(({ anchor }) => anchor?.transaction)).size).toBe(1)
  })

  it('says anchored only once the chain has mined it', async () => {
    const area = nextArea()
    await rpc(test.stack, 'evm_setAutomine', [false])
    await published(area)
    await anchorBatches(test.deps)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).state).toBe('published')
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).state).toBe('anchored')
  })

  it('sends a stuck transaction again with more gas under the same nonce, and anchors once', async () => {
    const area = nextArea()
    await rpc(test.stack, 'evm_setAutomine', [false])
    const { root } = await published(area)
    await anchorBatches(test.deps)
    test.clock.advance(test.deps.settings.bumpAfterMs - 1)
    await anchorBatches(test.deps)
    expect(await pendingTransactions()).toHaveLength(1)
    test.clock.advance(1)
    await anchorBatches(test.deps)
    const [stuck, bumped] = (await pendingTransactions()).map(({ raw }) => Transaction.from(raw))
    expect(bumped?.nonce).toBe(stuck?.nonce)
    expect(bumped?.data).toBe(stuck?.data)
    expect(bumped?.maxPriorityFeePerGas).toBeGreaterThanOrEqual(
      ((stuck?.maxPriorityFeePerGas ?? 0n) * 110n) / 100n,
    )
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).anchor?.transaction).toBe(bumped?.hash)
    expect(await rootsOnChain(area)).toEqual([root])
    expect(await pendingTransactions()).toEqual([])
  })

  it('sends a transaction the node has dropped again, the same one', async () => {
    const area = nextArea()
    await rpc(test.stack, 'evm_setAutomine', [false])
    const { root } = await published(area)
    await anchorBatches(test.deps)
    const [sent] = await pendingTransactions()
    await rpc(test.stack, 'anvil_dropTransaction', [sent?._id])
    await mine(test.stack, 1)
    expect(await rootsOnChain(area)).toEqual([])
    await anchorBatches(test.deps)
    await mine(test.stack, 1)
    await anchorBatches(test.deps)
    expect((await batch(area, 1)).anchor?.transaction).toBe(sent?._id)
    expect(await rootsOnChain(area)).toEqual([root])
  })

  it('recognises a root that is on chain already, and sends nothing', async () => {
    const area = nextArea()
    await published(area)
    await anchored()
    const { anchor, root } = await batch(area, 1)
    await test.deps.models.anchorTransactions.deleteMany({})
    await test.deps.models.batches.updateOne(
      { _id: `${area}/1` },
      { $set: { state: 'published', anchor: null } },
    )
    const nonce = await test.deps.ethereum.nonce()
    await anchored()
    expect(await batch(area, 1)).toMatchObject({ state: 'anchored', anchor })
    expect(await test.deps.ethereum.nonce()).toBe(nonce)
    expect(await rootsOnChain(area)).toEqual([root])
  })

  it('stops an area whose history on chain is another one, and sends nothing for it', async () => {
    const [area, honest] = [nextArea(), nextArea()]
    const { ethereum } = test.deps
    const foreign = {
      areaId: area,
      previousRoot: ZERO_ROOT,
      root: OTHER_ROOT,
      size: 1,
      cid: CID.parse(OTHER_CID).bytes,
    }
    const fees = await ethereum.suggestedFees()
    await ethereum.send((await ethereum.sign([foreign], await ethereum.nonce(), fees)).raw)
    await published(area)
    await published(honest)
    await anchored()
    expect(await batch(area, 1)).toMatchObject({
      state: 'published',
      failure: { step: 'anchor', code: 'contradiction', attempt: 1 },
    })
    expect((await batch(honest, 1)).state).toBe('anchored')
    expect(await rootsOnChain(area)).toEqual([OTHER_ROOT])
    waitForNextTry()
    await recordsDue(test, area)
    await sealBatches(test.deps)
    await publishBatches(test.deps)
    await anchored()
    expect((await batch(area, 1)).failure?.attempt).toBe(2)
    expect(await rootsOnChain(area)).toEqual([OTHER_ROOT])
    await test.deps.models.batches.deleteMany({ area_id: area })
  })
})

describe('confirming', () => {
  it('makes a batch final only after the blocks it takes', async () => {
    const area = nextArea()
    await published(area)
    await anchored()
    await confirmAnchors(test.deps)
    expect((await batch(area, 1)).state).toBe('anchored')
    await mine(test.stack, 1)
    await confirmAnchors(test.deps)
    expect((await batch(area, 1)).state).toBe('anchored')
    await mine(test.stack, 1)
    await confirmAnchors(test.deps)
    expect(await batch(area, 1)).toMatchObject({ state: 'final', failure: null })
  })

  it('takes a batch back when a reorganisation took its transaction, and anchors it again, once', async () => {
    const area = nextArea()
    const { root } = await published(area)
    await anchored()
    await rpc(test.stack, 'anvil_reorg', [1, []])
    await mine(test.stack, 3)
    await confirmAnchors(test.deps)
    expect(await batch(area, 1)).toMatchObject({
      state: 'published',
      anchor: null,
      failure: { step: 'confirm', code: 'reorganised' },
    })
    expect(await rootsOnChain(area)).toEqual([])
    waitForNextTry()
    await anchored()
    expect(await batch(area, 1)).toMatchObject({ state: 'anchored', failure: null })
    expect(await rootsOnChain(area)).toEqual([root])
  })

  it('notes the new block of a transaction that a reorganisation moved', async () => {
    const area = nextArea()
    await published(area)
    await anchored()
    await mine(test.stack, 1)
    const before = (await batch(area, 1)).anchor
    const row = await test.deps.models.anchorTransactions.findById(before?.transaction).lean()
    await rpc(test.stack, 'anvil_reorg', [2, [[row?.raw, 1]]])
    await confirmAnchors(test.deps)
    const { state, anchor } = await batch(area, 1)
    expect([state, anchor?.transaction]).toEqual(['anchored', before?.transaction])
    expect(anchor?.block_number).toBe((before?.block_number ?? 0) + 1)
    expect(anchor?.block_hash).not.toBe(before?.block_hash)
  })
})

describe('a node or contract that is not ours', () => {
  const deployment = () => readDeployment(test.stack.deploymentsDir, test.stack.chainId)
  it.each([
    ['wrong_chain', () => ({ ...deployment(), chain_id: 1 }), /expected chain 1, .* 31337/],
    [
      'not_our_contract',
      () => ({ ...deployment(), code_hash: `0x${'1'.repeat(64)}` }),
      /expected code/,
    ],
    [
      'not_our_contract',
      () => ({ ...deployment(), contract: `0x${'2'.repeat(40)}` }),
      /expected code/,
    ],
  ])(
    'is refused as %s: nothing is sent, nothing lost, the failure kept',
    async (code, wrong, words) => {
      const area = nextArea()
      await published(area)
      const nonce = await test.deps.ethereum.nonce()
      const deps: Deps = { ...test.deps, ethereum: ethereumOf(test.stack, { deployment: wrong() }) }
      await advanceLedger(deps, lease(deps, 'ledger', 'a test'))
      const row = await test.deps.models.failures.findById('anchor').lean()
      expect(row?.failure).toMatchObject({ step: 'anchor', code, attempt: 1 })
      expect(row?.failure.message).toMatch(words)
      expect(row?.failure.next_try_at.getTime()).toBeGreaterThan(test.clock.now().getTime())
      expect((await batch(area, 1)).state).toBe('published')
      expect(await test.deps.ethereum.nonce()).toBe(nonce)
      waitForNextTry()
      const right = lease(test.deps, 'ledger', 'a test')
      await eventually('the batch anchored', async () => {
        await advanceLedger(test.deps, right)
        return (await batch(area, 1)).state === 'anchored'
      })
      expect(await test.deps.models.failures.countDocuments()).toBe(0)
    },
  )
})

describe('an IPFS node', () => {
  it.each([
    [
      'that answers another CID',
      'wrong_cid',
      (chunk: Buffer) => swap(chunk, /baf[a-z2-7]{56}/, OTHER_CID),
    ],
    ['that reads back other bytes', 'wrong_cid', (chunk: Buffer) => swap(chunk, '"n":0', '"n":7')],
    ['that is away', 'ipfs_unavailable', null],
  ])(
    '%s leaves the batch sealed with the failure, and it catches up later',
    async (_, code, change) => {
      const area = nextArea()
      const line = await openHttpLine(test.stack.ipfsUrl)
      try {
        const deps: Deps = { ...test.deps, ipfs: kuboIpfs(line.url) }
        await recordsDue(test, area)
        await sealBatches(deps)
        if (change) line.alter(change)
        else line.cut()
        await publishBatches(deps).catch(() => undefined)
        expect(await batch(area, 1)).toMatchObject({
          state: 'sealed',
          cid: null,
          failure: { step: 'publish', code, attempt: 1 },
        })
        await publishBatches(deps)
        expect((await batch(area, 1)).failure?.attempt).toBe(1)
        waitForNextTry()
        await publishBatches(deps).catch(() => undefined)
        expect((await batch(area, 1)).failure?.attempt).toBe(2)
        line.alter(null)
        line.mend()
        waitForNextTry()
        await publishBatches(deps)
        expect(await batch(area, 1)).toMatchObject({ state: 'published', failure: null })
      } finally {
        await line.close()
      }
    },
  )
})

/** The same number of bytes with one text in place of another. */
const swap = (chunk: Buffer, before: string | RegExp, after: string): Buffer =>
  Buffer.from(chunk.toString('latin1').replace(before, after), 'latin1')
