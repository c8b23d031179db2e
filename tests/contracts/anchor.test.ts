import { hexlify, zeroPadBytes, toUtf8Bytes } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { areaIdBytes32 } from '../../shared/area.ts'
import { fromHex } from '../../shared/bytes.ts'
import cids from '../vectors/cids.json' with { type: 'json' }
import {
  batchOf,
  cidOf,
  eventsOf,
  hashOf,
  refusalOf,
  startLedger,
  ZERO_ROOT,
  type Ledger,
} from './ledger.ts'

let ledger: Ledger
beforeAll(async () => void (ledger = await startLedger()))
afterAll(() => ledger.stop())

describe('anchoring', () => {
  it('keeps root, block time, size and CID of every batch, and tells it in an event', async () => {
    const batch = batchOf('kept', 1)
    const receipt = await ledger.anchor(batch)
    const block = await receipt.getBlock()
    const cid = hexlify(batch.cid)
    expect(await ledger.call('anchorOf', batch.areaId, 1)).toEqual([
      batch.root,
      BigInt(block.timestamp),
      1n,
      cid,
    ])
    expect(eventsOf(receipt).map(({ name, values }) => [name, ...values])).toEqual([
      ['BatchAnchored', batch.areaId, 1n, batch.root, 1n, cid],
    ])
  })

  it('takes several areas, and several batches of one area, in one call and in the order given', async () => {
    await ledger.anchor(
      batchOf('mixed-a', 1),
      batchOf('mixed-b', 1),
      batchOf('mixed-a', 2),
      batchOf('mixed-a', 3),
    )
    await ledger.anchor(batchOf('mixed-b', 2), batchOf('mixed-a', 4))
    for (const [area, count] of [
      ['mixed-a', 4],
      ['mixed-b', 2],
    ] as const) {
      expect(await ledger.call('latest', areaIdBytes32(area))).toEqual([
        BigInt(count),
        hashOf(`${area}-${count}`),
      ])
      for (let number = 1; number <= count; number += 1) {
        const { root, size, cid } = batchOf(area, number)
        expect(await ledger.call('anchorOf', areaIdBytes32(area), number)).toEqual([
          root,
          expect.any(BigInt),
          BigInt(size),
          hexlify(cid),
        ])
      }
    }
  })

  it('gives back the CIDs of the vectors, raw and dag-pb, byte for byte', async () => {
    const vector = fromHex(cids.flatMap((entry) => entry.bytes ?? []).join(''))
    const dagPb = Uint8Array.from(vector, (byte, index) => (index === 1 ? 0x70 : byte))
    await ledger.anchor(
      { ...batchOf('cids', 1), cid: vector },
      { ...batchOf('cids', 2), cid: dagPb },
    )
    expect(await ledger.call('anchorOf', areaIdBytes32('cids'), 1)).toContain(hexlify(vector))
    expect(await ledger.call('anchorOf', areaIdBytes32('cids'), 2)).toContain(hexlify(dagPb))
  })

  it('says that an area without batches has none', async () => {
    expect(await ledger.call('latest', areaIdBytes32('nowhere'))).toEqual([0n, ZERO_ROOT])
    for (const number of [0, 1]) {
      expect(await refusalOf(ledger.call('anchorOf', areaIdBytes32('nowhere'), number))).toEqual({
        name: 'UnknownBatch',
        values: [areaIdBytes32('nowhere'), BigInt(number)],
      })
    }
  })

  it('takes as many batches as one page holds, and not one more', async () => {
    const batches = Array.from({ length: 384 }, (_, index) => batchOf('full', index + 1))
    expect(await refusalOf(ledger.anchor(...batches))).toEqual({
      name: 'TooManyBatches',
      values: [384n, 383n],
    })
    const receipt = await ledger.anchor(...batches.slice(0, 383))
    expect(receipt.logs).toHaveLength(383)
    const last = batchOf('full', 383)
    expect(await ledger.call('latest', last.areaId)).toEqual([383n, last.root])
    expect(await ledger.call('anchorOf', last.areaId, 383)).toContain(hexlify(last.cid))
  })
})

describe('a batch out of its row', () => {
  it('is refused when it names another predecessor, skips one, or comes a second time', async () => {
    await ledger.anchor(batchOf('row', 1), batchOf('row', 2))
    const latestRoot = hashOf('row-2')
    for (const number of [1, 2, 4]) {
      const batch = batchOf('row', number)
      expect(await refusalOf(ledger.anchor(batch))).toEqual({
        name: 'PreviousRootMismatch',
        values: [batch.areaId, 3n, latestRoot, batch.previousRoot],
      })
    }
    expect(await ledger.call('latest', areaIdBytes32('row'))).toEqual([2n, latestRoot])
  })

  it('is refused when it claims a predecessor in an area without any', async () => {
    const batch = batchOf('rootless', 2)
    expect(await refusalOf(ledger.anchor(batch))).toEqual({
      name: 'PreviousRootMismatch',
      values: [batch.areaId, 1n, ZERO_ROOT, batch.previousRoot],
    })
  })

  it('takes the whole call down with it', async () => {
    await ledger.anchor(batchOf('whole-a', 1))
    const refused = await refusalOf(
      ledger.anchor(batchOf('whole-a', 2), batchOf('whole-b', 1), batchOf('whole-a', 4)),
    )
    expect(refused.name).toBe('PreviousRootMismatch')
    expect(await ledger.call('latest', areaIdBytes32('whole-a'))).toEqual([1n, hashOf('whole-a-1')])
    expect(await ledger.call('latest', areaIdBytes32('whole-b'))).toEqual([0n, ZERO_ROOT])
  })
})

describe('a malformed batch', () => {
  const good = batchOf('shape', 1)

  it('is refused without a root', async () => {
    const refused = await refusalOf(ledger.anchor({ ...good, root: ZERO_ROOT }))
    expect(refused).toEqual({ name: 'ZeroRoot', values: [good.areaId] })
  })

  it('is refused outside 1 to 262,144 records', async () => {
    for (const size of [0, 262_145, 2 ** 32 - 1]) {
      expect(await refusalOf(ledger.anchor({ ...good, size }))).toEqual({
        name: 'SizeOutOfRange',
        values: [good.areaId, BigInt(size), 262_144n],
      })
    }
    await ledger.anchor({ ...batchOf('largest', 1), size: 262_144 })
  })

  it.each([
    ['empty', new Uint8Array()],
    ['one byte short', cidOf('x').subarray(0, 35)],
    ['one byte long', Uint8Array.of(...cidOf('x'), 0)],
    ['of version 0', Uint8Array.of(0x12, 0x20, ...new Uint8Array(34))],
    ['of another codec', Uint8Array.from(cidOf('x'), (byte, index) => (index === 1 ? 0x71 : byte))],
    ['of another hash', Uint8Array.from(cidOf('x'), (byte, index) => (index === 2 ? 0x1b : byte))],
    [
      'of another digest length',
      Uint8Array.from(cidOf('x'), (byte, index) => (index === 3 ? 0x1f : byte)),
    ],
  ])('is refused with a CID that is %s', async (_, cid) => {
    expect(await refusalOf(ledger.anchor({ ...good, cid }))).toEqual({
      name: 'MalformedCid',
      values: [good.areaId, hexlify(cid)],
    })
  })

  it.each(['', '-a', 'A', 'a_b', 'a b', 'é', 'a\0b', 'a'.repeat(32), '`', '{', '/', ':'])(
    'is refused with the area id %j',
    async (area) => {
      const areaId = zeroPadBytes(toUtf8Bytes(area), 32)
      expect(await refusalOf(ledger.anchor({ ...good, areaId }))).toEqual({
        name: 'MalformedAreaId',
        values: [areaId],
      })
    },
  )

  it.each(['a', '0', 'z9-', 'a'.repeat(31), 'us-ky-jefferson'])(
    'is not refused with the area id %j',
    async (area) => {
      await ledger.anchor(batchOf(area, 1))
      expect(await ledger.call('latest', areaIdBytes32(area))).toEqual([1n, hashOf(`${area}-1`)])
    },
  )

  it('is refused when there is no batch at all', async () => {
    expect((await refusalOf(ledger.anchor())).name).toBe('NoBatches')
  })
})
