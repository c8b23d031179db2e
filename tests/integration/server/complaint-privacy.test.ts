import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addPhoto,
  commentOnComplaint,
} from '../../../server/services/complaint/add-to-complaint.ts'
import { describeComplaint } from '../../../server/services/complaint/describe-complaint.ts'
import { eraseOwn } from '../../../server/services/complaint/erase-complaint.ts'
import { joinComplaint } from '../../../server/services/complaint/join-complaint.ts'
import { openPhoto } from '../../../server/services/complaint/open-photo.ts'
import { tendComplaints } from '../../../server/services/complaint/tend-complaints.ts'
import { standingOf } from '../../../shared/complaint/index.ts'
import { act, fileAt, openDesk, putTree, recordsOf, workDone, type Desk } from './complaint-desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await putTree(desk)
})
afterAll(() => desk?.stop())

const WORDS = 'The whole lane is dark since the storm'
const CONTACT = 'asha@example.org'

const describedTo = (id: string, token: string | null = null) =>
  describeComplaint(desk.deps, id, { token })

describe('erasure', () => {
  it('by the secret link takes what came by it; the line of records stays whole', async () => {
    const { complaint_id, token } = await fileAt(desk, { words: WORDS, contact: CONTACT })
    await commentOnComplaint(desk.deps, complaint_id, token, 'One more thing')
    await act(desk, complaint_id, { action: 'note', note: 'Called back' })
    const before = await recordsOf(desk, complaint_id)
    await eraseOwn(desk.deps, complaint_id, token)
    const after = await recordsOf(desk, complaint_id)
    expect(after.slice(0, -1)).toEqual(before)
    expect(after.at(-1)).toMatchObject({
      event: 'redacted',
      public: { events: [0, 1], reason: 'asked' },
    })
    expect(standingOf(after)).toMatchObject({ status: 'filed', n: 3 })
    const { disclosed } = await describeComplaint(desk.deps, complaint_id, 'official')
    expect(disclosed.map(({ value }) => value)).toEqual(['Called back'])
    await expect(eraseOwn(desk.deps, complaint_id, token)).rejects.toMatchObject({
      code: 'complaint_conflict',
    })
  })

  it('comes by itself some time after closing, and not while it is open', async () => {
    const open = await fileAt(desk, { words: WORDS })
    const closed = await fileAt(desk, { words: WORDS })
    desk.clock.advance(1000)
    await act(desk, closed.complaint_id, { action: 'resolve' })
    desk.clock.advance(desk.deps.complaintDesk.retentionMs - 1)
    await tendComplaints(desk.deps)
    const left = async ({ complaint_id, token }: typeof open) =>
      (await describedTo(complaint_id, token)).disclosed.length
    expect([await left(open), await left(closed)]).toEqual([2, 2])
    desk.clock.advance(1)
    await tendComplaints(desk.deps)
    expect([await left(open), await left(closed)]).toEqual([2, 0])
    expect((await recordsOf(desk, closed.complaint_id)).at(-1)).toMatchObject({
      event: 'redacted',
      actor: { role: 'system' },
      public: { reason: 'retention' },
    })
  })

  it('of one complaint failing is kept as a fact, and the others are erased', async () => {
    const broken = await fileAt(desk, { words: WORDS })
    const whole = await fileAt(desk, { words: WORDS })
    const { complaints, failures } = desk.models
    const due = new Date(desk.clock.now().getTime() - 1)
    const ids = [broken, whole].map(({ complaint_id }) => complaint_id)
    await complaints.updateMany({ _id: { $in: ids } }, { $set: { erase_at: due } })
    const pending = { body: '{', secrets: [], token_hash: null }
    const isBroken = { _id: broken.complaint_id }
    await complaints.updateOne(isBroken, { $set: { pending_event: pending, is_pending: true } })
    await tendComplaints(desk.deps)
    const left = async ({ complaint_id }: typeof whole) =>
      (await complaints.findById(complaint_id).lean())?.secrets.length
    expect([await left(broken), await left(whole)]).toEqual([2, 0])
    const [kept] = await failures.find().lean()
    expect(kept).toMatchObject({
      _id: `complaint:${broken.complaint_id}`,
      failure: { step: 'complaint', attempt: 1 },
    })
    await complaints.updateOne(isBroken, {
      $set: { pending_event: null },
      $unset: { is_pending: 1 },
    })
    desk.clock.advance(10_000)
    await tendComplaints(desk.deps)
    expect([await left(broken), await failures.countDocuments()]).toEqual([0, 0])
  })
})

describe('a photo', () => {
  const withPlace = () =>
    sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#456' } })
      .withExif({ IFD0: { Make: 'Spy Camera' }, IFD3: { GPSLatitude: '25/1 35/1 39/1' } })
      .jpeg()
      .toBuffer()

  it('is kept smaller, without what the camera wrote, for its owner and officials alone', async () => {
    const { complaint_id, token } = await fileAt(desk)
    const original = await withPlace()
    expect(original.toString('latin1')).toContain('Spy Camera')
    await addPhoto(desk.deps, complaint_id, token, original)
    const { disclosed, photos } = await describedTo(complaint_id, token)
    const { commitment = '', value = '' } = disclosed.find(({ name }) => name === 'photo') ?? {}
    const kept = Buffer.from(await openPhoto(desk.deps, complaint_id, commitment, { token }))
    const { exif, width, height, format } = await sharp(kept).metadata()
    expect({ photos, exif, width, height, format }).toEqual({
      photos: 1,
      exif: undefined,
      width: 1600,
      height: 800,
      format: 'jpeg',
    })
    expect(kept.toString('latin1')).not.toContain('Spy Camera')
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', kept)).toString('hex')
    expect(value).toBe(digest)

    const joined = await joinComplaint(desk.deps, complaint_id, { altcha: await workDone(desk) })
    await expect(
      openPhoto(desk.deps, complaint_id, commitment, { token: joined.token }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await eraseOwn(desk.deps, complaint_id, token)
    expect(await desk.models.complaintPhotos.countDocuments({ _id: commitment })).toBe(0)
    await expect(openPhoto(desk.deps, complaint_id, commitment, 'official')).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('of another kind, animated, broken, or larger than any screen is refused', async () => {
    const { complaint_id, token } = await fileAt(desk)
    const huge = await sharp({
      create: { width: 9000, height: 9000, channels: 3, background: '#000' },
    })
      .png()
      .toBuffer()
    const frames = Buffer.alloc(2 * 16 * 16 * 3)
    frames.fill(200, frames.length / 2)
    const animated = await sharp(frames, {
      raw: { width: 16, height: 32, channels: 3, pageHeight: 16 },
    })
      .webp({ loop: 0 })
      .toBuffer()
    const cases: [string, Uint8Array, string][] = [
      ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported_media_type'],
      ['GIF', Buffer.from('GIF89a'), 'unsupported_media_type'],
      ['bomb', huge, 'malformed'],
      ['animation', animated, 'malformed'],
      ['cut off', (await withPlace()).subarray(0, 900), 'malformed'],
    ]
    for (const [name, bytes, code] of cases)
      await expect(addPhoto(desk.deps, complaint_id, token, bytes), name).rejects.toMatchObject({
        code,
      })
    expect((await describedTo(complaint_id)).photos).toBe(0)
  })
})
