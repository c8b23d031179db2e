import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  commentOnComplaint,
  disputeComplaint,
} from '../../../server/services/complaint/add-to-complaint.ts'
import { newChallenge } from '../../../server/services/complaint/complaint-challenge.ts'
import { complaintStatistics } from '../../../server/services/complaint/complaint-statistics.ts'
import { describeComplaint } from '../../../server/services/complaint/describe-complaint.ts'
import { eraseOwn } from '../../../server/services/complaint/erase-complaint.ts'
import { handleComplaint, handleMany } from '../../../server/services/complaint/handle-complaint.ts'
import { joinComplaint } from '../../../server/services/complaint/join-complaint.ts'
import {
  complaintsNearby,
  listComplaints,
} from '../../../server/services/complaint/list-complaints.ts'
import { queueComplaints } from '../../../server/services/complaint/queue-complaints.ts'
import { verifyCommitment } from '../../../shared/commitment/index.ts'
import { standingOf } from '../../../shared/complaint/index.ts'
import { verifyReceipt } from '../../../shared/receipt/index.ts'
import {
  act,
  fileAt,
  OFFICIAL,
  openDesk,
  putTree,
  recordsOf,
  sensorSays,
  solved,
  workDone,
  type Desk,
} from './complaint-desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await putTree(desk)
})
afterAll(() => desk?.stop())

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WORDS = 'The whole lane is dark since the storm'
const CONTACT = 'asha@example.org'

const describedTo = (id: string, token: string | null = null) =>
  describeComplaint(desk.deps, id, { token })

describe('filing', () => {
  it('answers an id, a secret and a receipt, and puts a record into the ledger of the area', async () => {
    const { complaint_id, leaf_hash, receipt } = await fileAt(desk, {
      words: WORDS,
      contact: CONTACT,
    })
    expect(verifyReceipt(receipt)).toMatchObject({ leaf_hash, area_id: 'patna-city' })
    const [filed] = await recordsOf(desk, complaint_id)
    expect(filed).toMatchObject({
      area_id: 'patna-city',
      event: 'filed',
      n: 0,
      previous: null,
      public: { latitude: 25.594, longitude: 85.138, area_type: 'urban', fault: 'fuse_off' },
    })
    expect(Object.keys(filed?.commitments ?? {}).sort()).toEqual(['contact', 'place', 'words'])
    const due = Date.parse(String(filed?.public.due_at)) - Date.parse(filed?.at ?? '')
    expect(due).toBe(4 * HOUR_MS)
  })

  it('leaves nothing personal readable in the database', async () => {
    const { complaint_id, token } = await fileAt(desk, { words: WORDS, contact: CONTACT })
    const row = await desk.models.complaints.collection.findOne({ _id: complaint_id as never })
    const seen = Buffer.from(JSON.stringify(row)).toString('latin1')
    const stored = (row?.secrets as { sealed: { buffer: Uint8Array } }[]).map(({ sealed }) =>
      Buffer.from(sealed.buffer).toString('latin1'),
    )
    for (const text of [WORDS, CONTACT, token, '85.137651'])
      expect([seen, ...stored].join('\n')).not.toContain(text)
  })

  it('shows its words to who has the secret, with the salt that opens the commitment', async () => {
    const { complaint_id, token } = await fileAt(desk, { words: WORDS, contact: CONTACT })
    const seen = await describedTo(complaint_id, token)
    expect(seen.disclosed.map(({ name, value }) => [name, value]).sort()).toEqual([
      ['contact', CONTACT],
      ['place', '25.594149,85.137651'],
      ['words', WORDS],
    ])
    const [filed] = await recordsOf(desk, complaint_id)
    for (const { name, commitment, salt, value } of seen.disclosed) {
      expect(filed?.commitments[name]).toBe(commitment)
      verifyCommitment(commitment, salt, value)
    }
    expect((await describedTo(complaint_id)).disclosed).toEqual([])
  })

  it('refuses a bill, a place in no area, and work not done', async () => {
    await expect(fileAt(desk, { kind: 'billing' })).rejects.toMatchObject({
      code: 'another_office',
    })
    await expect(fileAt(desk, { latitude: 48, longitude: 11 })).rejects.toMatchObject({
      code: 'unknown_area',
    })
    const challenge = await newChallenge(desk.deps)
    const unsolved = { challenge, solution: { counter: 1, derivedKey: '00'.repeat(32) } }
    for (const altcha of ['nonsense', Buffer.from(JSON.stringify(unsolved)).toString('base64')])
      await expect(fileAt(desk, { altcha })).rejects.toMatchObject({ code: 'challenge_unsolved' })
  })

  it('refuses a challenge made easier than it was given', async () => {
    const challenge = await newChallenge(desk.deps)
    const easier = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '0' } }
    const altcha = await solved(easier)
    await expect(fileAt(desk, { altcha })).rejects.toMatchObject({ code: 'challenge_unsolved' })
  })

  it('takes one proof of work once, however many come with it at once', async () => {
    const altcha = await workDone(desk)
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => fileAt(desk, { altcha })),
    )
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason] : [],
    )
    expect(refused.length).toBe(7)
    for (const error of refused) expect(error).toMatchObject({ code: 'challenge_used' })
  })

  it('that is refused leaves the proof of work good for another try', async () => {
    const altcha = await workDone(desk)
    await expect(fileAt(desk, { kind: 'billing', altcha })).rejects.toThrow()
    await fileAt(desk, { altcha })
  })

  it('in an area of unknown type gets the longer clock', async () => {
    const { complaint_id } = await fileAt(desk, { latitude: 25.3, longitude: 85.5 })
    const { area_id, area_type, filed_at, due_at } = await describedTo(complaint_id)
    expect([area_id, area_type]).toEqual(['patna', null])
    expect(Date.parse(due_at) - Date.parse(filed_at)).toBe(8 * HOUR_MS)
  })
})

describe('a secret link', () => {
  it('of another complaint opens nothing and does nothing', async () => {
    const mine = await fileAt(desk, { words: WORDS })
    const other = await fileAt(desk)
    const forbidden = { code: 'forbidden' }
    const { complaint_id } = mine
    await expect(describedTo(complaint_id, other.token)).rejects.toMatchObject(forbidden)
    await expect(
      commentOnComplaint(desk.deps, complaint_id, other.token, 'x'),
    ).rejects.toMatchObject(forbidden)
    await expect(eraseOwn(desk.deps, complaint_id, other.token)).rejects.toMatchObject(forbidden)
    await act(desk, complaint_id, { action: 'resolve' })
    await expect(
      disputeComplaint(desk.deps, complaint_id, other.token, undefined),
    ).rejects.toMatchObject(forbidden)
    expect((await recordsOf(desk, complaint_id)).map(({ event }) => event)).toEqual([
      'filed',
      'resolved',
    ])
  })

  it('of who joined shows what came by it and not what others wrote', async () => {
    const { complaint_id } = await fileAt(desk, { words: WORDS, contact: CONTACT })
    const joined = await joinComplaint(desk.deps, complaint_id, {
      words: 'Here too',
      altcha: await workDone(desk),
    })
    const { disclosed, affected } = await describedTo(complaint_id, joined.token)
    expect(affected).toBe(2)
    expect(disclosed.map(({ value }) => value)).toEqual(['Here too'])
    await eraseOwn(desk.deps, complaint_id, joined.token)
    const all = await describeComplaint(desk.deps, complaint_id, 'official')
    expect(all.disclosed.map(({ name }) => name).sort()).toEqual(['contact', 'place', 'words'])
  })

  it('for nobody answers not found', async () => {
    await expect(describedTo('c-aaaaaaaaaaaaaaaa')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what is nearby', () => {
  it('holds open complaints within 250 m and what the sensors around say', async () => {
    const here = { latitude: 25.65, longitude: 85.15 }
    await sensorSays(desk, 'nearby on', 'ON', here)
    await sensorSays(desk, 'nearby off', 'OFF', here)
    const open = await fileAt(desk, here)
    const closed = await fileAt(desk, here)
    await act(desk, closed.complaint_id, { action: 'resolve' })
    const far = await fileAt(desk, { ...here, latitude: 25.653 })
    const { area_id, complaints, sensors } = await complaintsNearby(desk.deps, here)
    expect(area_id).toBe('patna-city')
    expect(complaints.map(({ complaint_id }) => complaint_id)).toEqual([open.complaint_id])
    expect(far.complaint_id).not.toBe(open.complaint_id)
    expect(sensors).toMatchObject({ on: 1, off: 1, silent: 0, within_m: 250 })
    expect(sensors.off_since).not.toBeNull()
  })

  it('follows from the rounded place alone, so that asking does not find the exact one', async () => {
    const here = { latitude: 25.66, longitude: 85.16 }
    const { complaint_id } = await fileAt(desk, { latitude: 25.660049, longitude: 85.160049 })
    const other = await fileAt(desk, { latitude: 25.659951, longitude: 85.159951 })
    const { complaints } = await complaintsNearby(desk.deps, here)
    const places = complaints.map(({ latitude, longitude }) => ({ latitude, longitude }))
    expect(complaints.map((found) => found.complaint_id).sort()).toEqual(
      [complaint_id, other.complaint_id].sort(),
    )
    expect(places).toEqual([here, here])
  })

  it('asks the transformer of the area where no sensor is near', async () => {
    const here = { latitude: 25.52, longitude: 85.12 }
    const device = await sensorSays(desk, 'pole', 'OFF', { latitude: 25.527, longitude: 85.12 })
    const { sensors } = await complaintsNearby(desk.deps, here)
    expect(sensors).toMatchObject({ on: 0, off: 1, within_m: 1000, devices: [device] })
  })
})

describe('lists', () => {
  it('show an area with those within it, page by page, newest first', async () => {
    const first = await listComplaints(desk.deps, { limit: 2, area_id: 'patna' })
    const rest = await listComplaints(desk.deps, {
      limit: 500,
      area_id: 'patna',
      cursor: first.next ?? '',
    })
    const ids = [...first.items, ...rest.items].map(({ complaint_id }) => complaint_id)
    expect(new Set(ids).size).toBe(await desk.models.complaints.countDocuments({}))
    const open = await listComplaints(desk.deps, { limit: 500, status: 'open' })
    expect(open.items.every(({ closed_at }) => closed_at === null)).toBe(true)
    const gaya = await listComplaints(desk.deps, { limit: 500, area_id: 'gaya' })
    expect(gaya.items).toEqual([])
    const boxed = await listComplaints(desk.deps, { limit: 500, bbox: [85.3, 25.2, 85.6, 25.4] })
    expect(boxed.items.map(({ area_id }) => area_id)).toEqual(['patna'])
  })
})

describe('an official', () => {
  it('leads a complaint from filing to its end, each step a record in one line', async () => {
    const { complaint_id, token } = await fileAt(desk)
    await act(desk, complaint_id, { action: 'acknowledge', note: 'Crew is on its way' })
    await act(desk, complaint_id, { action: 'assign', team: 'crew-3', fault: 'cable' })
    await act(desk, complaint_id, { action: 'start' })
    await act(desk, complaint_id, { action: 'resolve' })
    const records = await recordsOf(desk, complaint_id)
    const standing = standingOf(records)
    expect(standing).toMatchObject({ status: 'resolved', fault: 'cable', team: 'crew-3', n: 4 })
    expect(Date.parse(standing.dueAt) - Date.parse(standing.filedAt)).toBe(12 * HOUR_MS)
    expect(records.slice(1).every(({ actor }) => actor.id === 'official:7f3a')).toBe(true)
    const { disclosed, status, due_at } = await describedTo(complaint_id, token)
    expect(disclosed.map(({ value }) => value)).toContain('Crew is on its way')
    expect([status, due_at]).toEqual(['resolved', standing.dueAt])
    expect(JSON.stringify(await describedTo(complaint_id))).not.toContain('Crew is on')
  })

  it('of another area may neither see nor touch it', async () => {
    const { complaint_id } = await fileAt(desk)
    const stranger = { pseudonym: 'official:0000', areas: ['gaya'] }
    await expect(
      handleComplaint(desk.deps, stranger, complaint_id, { action: 'resolve' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    const { items } = await queueComplaints(desk.deps, stranger, {
      show: 'open',
      limit: 500,
      order: 'clock',
    })
    expect(items).toEqual([])
    await expect(
      queueComplaints(desk.deps, stranger, {
        show: 'open',
        limit: 5,
        order: 'clock',
        area_id: 'patna-city',
      }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('sees the queue by clock, or the gravest first, and what was closed, page by page', async () => {
    const { complaint_id } = await fileAt(desk, { kind: 'hazard' })
    for (const [show, order] of [
      ['open', 'clock'],
      ['open', 'severity'],
      ['closed', 'clock'],
    ] as const) {
      const asked = { show, order }
      const whole = await queueComplaints(desk.deps, OFFICIAL, { ...asked, limit: 500 })
      const paged: string[] = []
      for (let cursor: string | undefined, left = 200; left > 0; left -= 1) {
        const page = await queueComplaints(desk.deps, OFFICIAL, { ...asked, limit: 2, cursor })
        paged.push(...page.items.map((item) => item.complaint_id))
        if (page.next === null) break
        cursor = page.next
      }
      expect(paged).toEqual(whole.items.map((item) => item.complaint_id))
      const keys = whole.items.map(({ severity, due_at, closed_at }) =>
        show === 'closed'
          ? -Date.parse(closed_at ?? '')
          : Date.parse(due_at) - (order === 'severity' ? severity * 10 * 365 * DAY_MS : 0),
      )
      expect(keys).toEqual(keys.toSorted((one, other) => one - other))
      if (order === 'severity') expect(whole.items[0]).toMatchObject({ complaint_id, severity: 3 })
      expect(whole.items.length).toBeGreaterThan(2)
    }
  })

  it('merges a duplicate into another, once, also when begun before', async () => {
    const kept = await fileAt(desk)
    const twin = await fileAt(desk)
    const merge = { action: 'merge', into: kept.complaint_id } as const
    await act(desk, twin.complaint_id, merge)
    expect(await describedTo(twin.complaint_id)).toMatchObject({
      status: 'rejected',
      duplicate_of: kept.complaint_id,
    })
    const closed = await queueComplaints(desk.deps, OFFICIAL, {
      show: 'closed',
      order: 'clock',
      limit: 100,
    })
    expect(closed.items).toContainEqual(
      expect.objectContaining({
        complaint_id: twin.complaint_id,
        duplicate_of: kept.complaint_id,
        is_contradicted: false,
      }),
    )
    await expect(act(desk, twin.complaint_id, merge)).rejects.toMatchObject({
      code: 'complaint_conflict',
    })
    expect((await recordsOf(desk, kept.complaint_id)).map((record) => record.public.about)).toEqual(
      [undefined, 'merged'],
    )
  })

  it('acts on many at once, one record or one refusal each', async () => {
    const open = await fileAt(desk)
    const closed = await fileAt(desk)
    await act(desk, closed.complaint_id, { action: 'resolve' })
    const { items } = await handleMany(
      desk.deps,
      OFFICIAL,
      [open.complaint_id, closed.complaint_id, 'c-aaaaaaaaaaaaaaaa'],
      { action: 'acknowledge' },
    )
    expect(items.map(({ status, code }) => status ?? code)).toEqual([
      'acknowledged',
      'complaint_conflict',
      'not_found',
    ])
  })
})

describe('a dispute', () => {
  it('opens what was closed; only officials reopen it, and the clock goes on from filing', async () => {
    const { complaint_id, token } = await fileAt(desk)
    const before = await describedTo(complaint_id)
    await act(desk, complaint_id, { action: 'resolve' })
    await disputeComplaint(desk.deps, complaint_id, token, 'Still dark')
    expect((await describedTo(complaint_id)).status).toBe('disputed')
    await expect(act(desk, complaint_id, { action: 'resolve' })).rejects.toMatchObject({
      code: 'complaint_conflict',
    })
    await act(desk, complaint_id, { action: 'reopen', reason: 'disputed' })
    const after = await describedTo(complaint_id)
    expect([after.status, after.due_at, after.disputes]).toEqual(['reopened', before.due_at, 1])
  })

  it('is possible for 14 days', async () => {
    const { complaint_id, token } = await fileAt(desk)
    desk.clock.advance(1000)
    await act(desk, complaint_id, { action: 'reject', reason: 'unfounded' })
    desk.clock.advance(14 * DAY_MS + 1)
    await expect(disputeComplaint(desk.deps, complaint_id, token, undefined)).rejects.toMatchObject(
      { code: 'complaint_conflict' },
    )
    desk.clock.advance(-2)
    await disputeComplaint(desk.deps, complaint_id, token, undefined)
  })
})

/** What officials are shown of the closings that sensors contradict. */
async function closedAgainstSensors(): Promise<string[]> {
  const query = { show: 'contradicted', order: 'clock', limit: 500, kind: 'no_supply' } as const
  const { items } = await queueComplaints(desk.deps, OFFICIAL, query)
  return items.map(({ complaint_id }) => complaint_id)
}

describe('closing a complaint while the sensor says OFF', () => {
  const place = { latitude: 25.55, longitude: 85.11 }

  it('is allowed, and shown as contradicted until it says ON', async () => {
    const { complaint_id } = await fileAt(desk, place)
    const device = await sensorSays(desk, 'witness', 'OFF', place)
    const before = await complaintStatistics(desk.deps, 'patna-city', {})
    desk.clock.advance(60_000)
    await act(desk, complaint_id, { action: 'resolve' })
    expect((await describedTo(complaint_id)).contradicted_by).toEqual([device])
    expect(await closedAgainstSensors()).toContain(complaint_id)
    expect((await recordsOf(desk, complaint_id)).at(-1)?.public.sensors).toMatchObject({
      off: 1,
      devices: [device],
    })
    const { contradicted } = await complaintStatistics(desk.deps, 'patna-city', {})
    expect(contradicted).toBe(before.contradicted + 1)

    desk.clock.advance(60_000)
    await sensorSays(desk, 'witness', 'ON', place)
    expect((await describedTo(complaint_id)).contradicted_by).toBeNull()
    expect(await closedAgainstSensors()).not.toContain(complaint_id)
    // Another outage later is another outage.
    desk.clock.advance(60_000)
    await sensorSays(desk, 'witness', 'OFF', place)
    expect((await describedTo(complaint_id)).contradicted_by).toBeNull()
  })

  it('is no contradiction where a hazard was mended by switching off', async () => {
    const { complaint_id } = await fileAt(desk, { ...place, kind: 'hazard' })
    desk.clock.advance(60_000)
    await act(desk, complaint_id, { action: 'resolve' })
    expect((await describedTo(complaint_id)).contradicted_by).toBeNull()
  })
})

describe('statistics', () => {
  it('count what was filed in an area and those within it, in a period', async () => {
    desk.clock.advance(1000)
    const from = desk.clock.now().toISOString()
    const first = await fileAt(desk)
    await fileAt(desk)
    desk.clock.advance(HOUR_MS)
    await act(desk, first.complaint_id, { action: 'acknowledge' })
    desk.clock.advance(HOUR_MS)
    await act(desk, first.complaint_id, { action: 'resolve' })
    desk.clock.advance(3 * HOUR_MS)
    expect(await complaintStatistics(desk.deps, 'patna', { from })).toMatchObject({
      filed: 2,
      open: 1,
      overdue: 1,
      resolved: 1,
      to_acknowledge: { count: 1, median_s: 3600, p90_s: 3600 },
      to_resolve: { count: 1, median_s: 7200, p90_s: 7200 },
      within_clock: 0.5,
      within_clock_reason: null,
    })
    expect(await complaintStatistics(desk.deps, 'gaya', {})).toMatchObject({
      filed: 0,
      within_clock: null,
      within_clock_reason: 'nothing_due',
    })
    await expect(complaintStatistics(desk.deps, 'nowhere', {})).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
