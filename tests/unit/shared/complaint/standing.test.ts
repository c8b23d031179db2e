import { describe, expect, it } from 'vitest'
import { toHex } from '../../../../shared/bytes.ts'
import {
  complaintFigures,
  DEFAULT_CLOCK_HOURS,
  dueAt,
  isOverdue,
  metresBetween,
  parseClockHours,
  publicPlace,
  standingOf,
  type PublicPart,
} from '../../../../shared/complaint/index.ts'
import { recordLeafHash, type ComplaintEventRecord } from '../../../../shared/record/index.ts'

const FILED_AT = Date.parse('2026-11-21T05:00:00.000Z')
const FILED: PublicPart = {
  event: 'filed',
  public: {
    kind: 'no_supply',
    latitude: 25.594,
    longitude: 85.138,
    area_type: 'urban',
    fault: 'fuse_off',
    due_at: '2026-11-21T09:00:00.000Z',
    channel: 'web',
  },
}
const ROLE_OF = { filed: 'citizen', disputed: 'citizen' } as const
const HOUR_MS = 3_600_000

/** Records of a complaint, one an hour. */
function lineOf(...parts: PublicPart[]): ComplaintEventRecord[] {
  const records: ComplaintEventRecord[] = []
  for (const [n, part] of parts.entries()) {
    const before = records.at(-1)
    const role = part.event in ROLE_OF ? 'citizen' : 'official'
    records.push({
      v: 1,
      type: 'complaint_event',
      area_id: 'in-br-patna',
      at: new Date(FILED_AT + n * HOUR_MS).toISOString(),
      complaint_id: 'c-abcdefghijklmnop',
      n,
      previous: before ? toHex(recordLeafHash(before)) : null,
      actor: { id: role, role },
      commitments: {},
      ...part,
    })
  }
  return records
}

const SENSORS = { on: 0, off: 0, silent: 0, within_m: 250, devices: [] }
const RESOLVED: PublicPart = { event: 'resolved', public: { sensors: SENSORS } }

describe('the standing of a complaint', () => {
  it('follows from its records alone', () => {
    const records = lineOf(
      FILED,
      { event: 'acknowledged', public: {} },
      {
        event: 'assigned',
        public: { team: 'crew-3', fault: 'cable', due_at: '2026-11-21T17:00:00.000Z' },
      },
      { event: 'commented', public: { about: 'joined' } },
      RESOLVED,
      { event: 'disputed', public: {} },
      { event: 'reopened', public: { reason: 'disputed' } },
    )
    expect(standingOf(records)).toMatchObject({
      status: 'reopened',
      filedAt: '2026-11-21T05:00:00.000Z',
      acknowledgedAt: '2026-11-21T06:00:00.000Z',
      closedAt: null,
      team: 'crew-3',
      fault: 'cable',
      dueAt: '2026-11-21T17:00:00.000Z',
      affected: 2,
      disputes: 1,
      n: 6,
    })
  })

  const line = lineOf(FILED, { event: 'acknowledged', public: {} }, RESOLVED)
  const change = (n: number, members: Partial<ComplaintEventRecord>) =>
    line.map((record) => (record.n === n ? { ...record, ...members } : record))
  it.each<[string, ComplaintEventRecord[]]>([
    ['an event is missing', line.filter(({ n }) => n !== 1)],
    ['the first is missing', line.slice(1)],
    ['two are exchanged', [line[1], line[0], line[2]].flatMap((record) => record ?? [])],
    ['one was altered', change(1, { actor: { id: 'official:other', role: 'official' } })],
    ['one is of another complaint', change(2, { complaint_id: 'c-other' })],
    ['one is of another area', change(2, { area_id: 'in-br-gaya' })],
    ['one is dated before its predecessor', change(2, { at: '2026-11-21T05:30:00.000Z' })],
    ['one says more than its kind may', change(2, { public: { sensors: SENSORS, name: 'x' } })],
    ['there is none', []],
  ])('is refused where %s', (_, records) => {
    expect(() => standingOf(records)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('a clock', () => {
  const filedAt = new Date(FILED_AT).toISOString()
  it.each([
    ['fuse_off', 'urban', 4],
    ['fuse_off', 'rural', 8],
    ['overhead_line', 'urban', 6],
    ['overhead_line', 'rural', 24],
    ['cable', 'urban', 12],
    ['cable', 'rural', 48],
    ['transformer', 'urban', 24],
    ['transformer', 'rural', 48],
    ['cable', null, 48],
  ] as const)('for %s, %s, runs %i hours', (fault, areaType, hours) => {
    const due = dueAt(DEFAULT_CLOCK_HOURS, filedAt, fault, areaType)
    expect((Date.parse(due) - FILED_AT) / HOUR_MS).toBe(hours)
  })

  it('may be set by the operator, fault by fault', () => {
    const hours = parseClockHours('fuse_off=2/3, cable=10/20')
    expect(hours).toEqual({
      ...DEFAULT_CLOCK_HOURS,
      fuse_off: { urban: 2, rural: 3 },
      cable: { urban: 10, rural: 20 },
    })
    for (const wrong of ['fuse_off=2', 'fuse=1/2', 'cable=0/2', 'cable=1/-2'])
      expect(() => parseClockHours(wrong)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('the public place', () => {
  it('is always the same for the same place, and at most some 80 m away', () => {
    const exact = { latitude: 25.594149, longitude: 85.137651 }
    expect(publicPlace(exact)).toEqual({ latitude: 25.594, longitude: 85.138 })
    expect(publicPlace(publicPlace(exact))).toEqual(publicPlace(exact))
    expect(metresBetween(exact, publicPlace(exact))).toBeLessThan(80)
    expect(Object.is(publicPlace({ latitude: -0.0001, longitude: 0 }).latitude, 0)).toBe(true)
  })
})

describe('the figures', () => {
  const at = (hours: number) => new Date(FILED_AT + hours * HOUR_MS).toISOString()
  const open = { filedAt: at(0), dueAt: at(4), acknowledgedAt: null, closedAt: null, disputes: 0 }
  const resolvedAfter = (hours: number) => ({
    ...open,
    status: 'resolved' as const,
    acknowledgedAt: at(1),
    closedAt: at(hours),
  })

  it('count those in time among the resolved and the overdue', async () => {
    const complaints = [
      ...[1, 2, 3, 5].map(resolvedAfter),
      { ...open, status: 'filed' as const },
      { ...open, status: 'rejected' as const, closedAt: at(9) },
      { ...open, status: 'reopened' as const, dueAt: at(99), disputes: 2 },
    ]
    expect(await complaintFigures(() => complaints, FILED_AT + 10 * HOUR_MS)).toEqual({
      filed: 7,
      open: 2,
      acknowledged: 4,
      resolved: 4,
      rejected: 1,
      disputed: 1,
      overdue: 1,
      toAcknowledge: { count: 4, medianMs: HOUR_MS, p90Ms: HOUR_MS },
      toResolve: { count: 4, medianMs: 2 * HOUR_MS, p90Ms: 5 * HOUR_MS },
      withinClock: 3 / 5,
    })
  })

  it('are the same whether times are held or run along again', async () => {
    const hours = Array.from({ length: 997 }, (_, index) => ((index * 389) % 997) / 7)
    const complaints = hours.map(resolvedAfter)
    const held = await complaintFigures(() => complaints, FILED_AT)
    expect(await complaintFigures(() => complaints, FILED_AT, 10)).toEqual(held)
    const times = hours.map((hour) => Date.parse(at(hour)) - FILED_AT).sort((a, b) => a - b)
    expect(held.toResolve).toEqual({ count: 997, medianMs: times[498], p90Ms: times[897] })
  })

  it('are null where they rest on nothing', async () => {
    const { toResolve, withinClock } = await complaintFigures(() => [], FILED_AT)
    expect([toResolve.medianMs, toResolve.p90Ms, withinClock]).toEqual([null, null, null])
    expect(isOverdue(open, FILED_AT + 4 * HOUR_MS)).toBe(false)
    expect(isOverdue(open, FILED_AT + 4 * HOUR_MS + 1)).toBe(true)
  })
})
