import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPhoto } from '../../../server/services/complaint/add-to-complaint.ts'
import { fieldsOf, standingOfRow } from '../../../server/services/complaint/complaint-row.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { describeComplaint } from '../../../server/services/complaint/describe-complaint.ts'
import { eraseOwn } from '../../../server/services/complaint/erase-complaint.ts'
import { fileComplaint } from '../../../server/services/complaint/file-complaint.ts'
import { handleComplaint } from '../../../server/services/complaint/handle-complaint.ts'
import { joinComplaint } from '../../../server/services/complaint/join-complaint.ts'
import { tendComplaints } from '../../../server/services/complaint/tend-complaints.ts'
import { standingOf } from '../../../shared/complaint/index.ts'
import { verifyReceipt } from '../../../shared/receipt/index.ts'
import {
  act,
  fileAt,
  OFFICIAL,
  openDesk,
  PLACE,
  putTree,
  recordsOf,
  workDone,
  type Desk,
} from './complaint-desk.ts'

let desk: Desk
let photo: Buffer
beforeAll(async () => {
  desk = await openDesk()
  await putTree(desk)
  photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
})
afterAll(() => desk?.stop())

const WRITES = /^(?:create|insertMany|updateOne|updateMany|findOneAndUpdate|deleteMany)$/
const WORDS = 'The whole lane is dark since the storm'
const DEATH = 'the process died'
type When = 'before' | 'after'

/** The services of a process that dies before or after its write number `last`, counted from 0. */
function mortal(last: number, when: When): { deps: Deps; died: () => boolean } {
  let writes = 0
  let isDead = false
  const alive = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name)
        if (name === 'collection' && value !== null && typeof value === 'object')
          return alive(value)
        if (typeof value !== 'function') return value
        if (!WRITES.test(String(name))) return value.bind(of)
        return (...given: unknown[]) => {
          const isLast = writes === last
          writes += 1
          if (isDead || (isLast && when === 'before')) return thenable(die)
          const result: unknown = Reflect.apply(value, of, given)
          return isLast ? thenable(async () => (await settled(result), die())) : result
        }
      },
    })
  const die = (): never => {
    isDead = true
    throw new Error(DEATH)
  }
  const models = Object.fromEntries(
    Object.entries(desk.models).map(([name, model]) => [name, alive(model)]),
  )
  return { deps: { ...desk.deps, models } as Deps, died: () => isDead }
}

/** A query runs when it is awaited. */
const settled = async (result: unknown): Promise<unknown> => result

/** What a model answers may be awaited, or made lean first. */
const thenable = (work: () => unknown) => {
  const run = async () => work()
  return {
    lean: run,
    then: (...handlers: Parameters<Promise<unknown>['then']>) => run().then(...handlers),
  }
}

/** After a crash and the next run of the clock: one line of records, and rows that say the same. */
async function expectWhole(): Promise<void> {
  await tendComplaints(desk.deps)
  for (const row of await desk.models.complaints.find().lean()) {
    const records = await recordsOf(desk, row._id)
    expect(row.pending_event).toBeNull()
    expect(row).toMatchObject(fieldsOf(standingOf(records)))
    expect(standingOfRow(row)).toEqual(standingOf(records))
    const erased = records.flatMap(({ public: said }) =>
      Array.isArray(said.events) ? said.events : [],
    )
    const committed = records.flatMap(({ n, commitments }) =>
      erased.includes(n) ? [] : Object.values(commitments),
    )
    expect(row.secrets.map(({ commitment }) => commitment).sort()).toEqual(committed.sort())
    const photos = row.secrets.flatMap(({ name, commitment }) =>
      name === 'photo' ? [commitment] : [],
    )
    const kept = await desk.models.complaintPhotos.find({ _id: { $in: photos } }).lean()
    expect(kept.map(({ expires_at }) => expires_at)).toEqual(photos.map(() => null))
    // All that is sealed opens.
    await describeComplaint(desk.deps, row._id, 'official')
  }
  const kept = await desk.models.complaintPhotos.find({ expires_at: null }, { _id: 1 }).lean()
  const rows = await desk.models.complaints.find({}, { secrets: 1 }).lean()
  const committed = rows.flatMap(({ secrets }) => secrets.map(({ commitment }) => commitment))
  for (const { _id } of kept) expect(committed).toContain(_id)
}

async function forgetAll(): Promise<void> {
  const { complaints, complaintPhotos, records } = desk.models
  await complaints.deleteMany({})
  await complaintPhotos.deleteMany({})
  await records.deleteMany({})
}

/** What may die: prepares with a whole process, answers the step of the one that dies. */
const STEPS: [name: string, prepare: () => Promise<(deps: Deps) => Promise<unknown>>][] = [
  [
    'filing',
    async () => {
      const altcha = await workDone(desk)
      return (deps) => fileComplaint(deps, { kind: 'hazard', ...PLACE, words: 'Sparks', altcha })
    },
  ],
  [
    'joining',
    async () => {
      const { complaint_id } = await fileAt(desk)
      const altcha = await workDone(desk)
      return (deps) => joinComplaint(deps, complaint_id, { contact: 'me@example.org', altcha })
    },
  ],
  [
    'a photo',
    async () => {
      const { complaint_id, token } = await fileAt(desk)
      return (deps) => addPhoto(deps, complaint_id, token, photo)
    },
  ],
  [
    'a step of an official',
    async () => {
      const { complaint_id } = await fileAt(desk)
      const step = { action: 'resolve', note: 'Fuse replaced' } as const
      return (deps) => handleComplaint(deps, OFFICIAL, complaint_id, step)
    },
  ],
  [
    'erasure',
    async () => {
      const { complaint_id, token } = await fileAt(desk, { words: 'Dark' })
      await addPhoto(desk.deps, complaint_id, token, photo)
      return (deps) => eraseOwn(deps, complaint_id, token)
    },
  ],
  [
    'a merge',
    async () => {
      const kept = await fileAt(desk)
      const { complaint_id } = await fileAt(desk)
      const step = { action: 'merge', into: kept.complaint_id } as const
      return (deps) => handleComplaint(deps, OFFICIAL, complaint_id, step)
    },
  ],
]

describe('a process that dies between any two writes', () => {
  it.each(STEPS)('of %s leaves what the next run makes whole', async (_, prepare) => {
    let deaths = 0
    for (const when of ['before', 'after'] as const) {
      for (let last = 0; ; last += 1) {
        await forgetAll()
        const step = await prepare()
        const { deps, died } = mortal(last, when)
        const outcome = await step(deps).then(
          () => 'done',
          (error: unknown) => String(error),
        )
        await expectWhole()
        if (!died()) {
          expect(outcome).toBe('done')
          break
        }
        expect(outcome).toContain(DEATH)
        deaths += 1
      }
    }
    expect(deaths).toBeGreaterThan(4)
  })

  it('of filing is followed by one complaint, told to who asks again under the same key', async () => {
    const filing = { kind: 'hazard', ...PLACE, words: 'Sparks' } as const
    const key = '"the same each time"'
    for (const when of ['before', 'after'] as const) {
      for (let last = 0; ; last += 1) {
        await forgetAll()
        const { deps, died } = mortal(last, when)
        await fileComplaint(deps, { ...filing, altcha: await workDone(desk) }, key).catch(
          () => undefined,
        )
        const again = { ...filing, altcha: await workDone(desk) }
        const { complaint_id, token } = await fileComplaint(desk.deps, again, key)
        await expectWhole()
        expect(await desk.models.complaints.countDocuments({})).toBe(1)
        const { disclosed } = await describeComplaint(desk.deps, complaint_id, { token })
        expect(disclosed.map(({ value }) => value)).toContain('Sparks')
        if (!died()) break
      }
    }
  })

  it('in a merge leaves one that can be merged again, told to the other once', async () => {
    const kept = await fileAt(desk)
    const twin = await fileAt(desk)
    const step = { action: 'merge', into: kept.complaint_id } as const
    const { deps } = mortal(2, 'after')
    await expect(handleComplaint(deps, OFFICIAL, twin.complaint_id, step)).rejects.toThrow(DEATH)
    await act(desk, twin.complaint_id, step)
    const told = (await recordsOf(desk, kept.complaint_id)).map((record) => record.public.about)
    expect(told).toEqual([undefined, 'merged'])
  })
})

describe('what is handed in again under one idempotency key', () => {
  it('files one complaint under one key, however often it comes and whoever comes first', async () => {
    const filing = { kind: 'no_supply', ...PLACE, words: WORDS } as const
    const before = await desk.models.complaints.countDocuments({})
    const send = async () =>
      fileComplaint(desk.deps, { ...filing, altcha: await workDone(desk) }, '"one lost answer"')
    const [first, ...others] = [...(await Promise.all([send(), send(), send()])), await send()]
    if (!first) throw new Error('expected an answer')
    expect(await desk.models.complaints.countDocuments({})).toBe(before + 1)
    for (const { complaint_id, leaf_hash, token, receipt } of others) {
      expect({ complaint_id, leaf_hash, token }).toEqual({
        complaint_id: first.complaint_id,
        leaf_hash: first.leaf_hash,
        token: first.token,
      })
      const { leaf_hash: promised, promise_by } = first.receipt
      expect(verifyReceipt(receipt)).toMatchObject({ leaf_hash: promised, promise_by })
    }
    const seen = await describeComplaint(desk.deps, first.complaint_id, { token: first.token })
    expect(seen.disclosed.map(({ value }) => value)).toContain(WORDS)
    const row = await desk.models.complaints.findById(first.complaint_id).lean()
    expect(JSON.stringify(row)).not.toContain('one lost answer')
  })

  it('is refused where the key named another, and another key is another complaint', async () => {
    const filing = { kind: 'no_supply', ...PLACE, words: WORDS } as const
    const send = async (words: string, key: string) =>
      fileComplaint(desk.deps, { ...filing, words, altcha: await workDone(desk) }, key)
    const first = await send(WORDS, '"a"')
    await expect(send('Something else', '"a"')).rejects.toMatchObject({ code: 'key_reused' })
    const second = await send(WORDS, '"b"')
    expect(second.complaint_id).not.toBe(first.complaint_id)
    expect(second.token).not.toBe(first.token)
  })

  it('joins once, and is refused where the key named another', async () => {
    const { complaint_id } = await fileAt(desk)
    const join = async (words: string) =>
      joinComplaint(desk.deps, complaint_id, { words, altcha: await workDone(desk) }, '"mine too"')
    const answers = [...(await Promise.all([join('Here'), join('Here')])), await join('Here')]
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1)
    expect(new Set(answers.map(({ leaf_hash }) => leaf_hash)).size).toBe(1)
    await expect(join('There')).rejects.toMatchObject({ code: 'key_reused' })
    expect((await describeComplaint(desk.deps, complaint_id, { token: null })).affected).toBe(2)
  })
})
