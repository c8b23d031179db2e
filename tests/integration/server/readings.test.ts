import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  readingIntake,
  type ReadingIntake,
} from '../../../server/services/reading/accept-reading.ts'
import { drawMap } from '../../../server/services/map/draw-map.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { followChanges } from '../../../server/services/follow-changes.ts'
import { listBatches } from '../../../server/services/ledger/list-batches.ts'
import { listFailures } from '../../../server/services/ledger/list-failures.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { anyOfNumbers } from '../../../server/services/reading/records-by-number.ts'
import { batchesSchema } from '../../../shared/api/ledger.ts'
import { mapSchema } from '../../../shared/api/map.ts'
import { ZERO_ROOT } from '../../../shared/batch/index.ts'
import type { Reading } from '../../../shared/reading/index.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'

const AREA = 'in-br-gaya'
let test: ServiceTest
let intake: ReadingIntake

beforeAll(async () => {
  test = await startServices()
  intake = readingIntake(test.deps)
  await putArea(test.deps, AREA, { name: AREA, kind: 'district', parent_id: null, geometry: null })
})
afterAll(() => test?.stop())

const withoutLimit = () => 0
const asJson = (readings: readonly unknown[]) => readings.map((json) => ({ json }))
const accept = (...readings: unknown[]) => intake(asJson(readings), withoutLimit)

async function enrolled(name: string): Promise<TestDevice> {
  const device = new TestDevice(name)
  await enrolDevices(test.deps, [{ area_id: AREA, device: device.facts }])
  return device
}

const rowOf = async ({ facts }: TestDevice) => {
  const row = await test.deps.models.devices.findById(facts.device_id).lean()
  if (!row) throw new Error(`expected ${facts.device_id}`)
  return row
}

/** The same number with other content, signed. */
function contradictionTo(device: TestDevice, { device_signature: _, ...told }: Reading, n: number) {
  return device.sign({ ...told, power_w: n })
}

describe('an outage that was stored when the process died, before the map had heard', () => {
  it('is shown once its sender, who had no answer, sends it again', async () => {
    const device = await enrolled('died between')
    await accept(device.read())
    const { last } = await rowOf(device)
    const outage = device.read({ power_status: 'OFF', reason: 'last_gasp' })
    await accept(outage)
    // As the row stands between the record and the note.
    await test.deps.models.devices.updateOne({ _id: device.facts.device_id }, { $set: { last } })
    expect(await accept(outage)).toMatchObject([{ status: 'duplicate' }])
    expect((await rowOf(device)).last).toMatchObject({ seq: outage.seq, power_status: 'OFF' })
  })

  it('does not go back to an older reading that is sent again', async () => {
    const device = await enrolled('sends again')
    const old = device.read()
    const outage = device.read({ power_status: 'OFF', reason: 'last_gasp' })
    await accept(old, outage)
    await accept(old)
    expect((await rowOf(device)).last).toMatchObject({ seq: outage.seq, power_status: 'OFF' })
  })
})

describe('readings of several devices handed in together', () => {
  const at = (minute: number) => `2026-11-01T10:${String(minute).padStart(2, '0')}:00Z`

  it('leave each device with its newest status, and since when', async () => {
    const [lane, mill, pump] = await Promise.all(['lane', 'mill', 'pump'].map(enrolled))
    if (!lane || !mill || !pump) throw new Error('expected three devices')
    const on = (minute: number) => ({ timestamp: at(minute), power_status: 'ON' as const })
    const off = (minute: number) => ({ timestamp: at(minute), power_status: 'OFF' as const })
    const ofLane = [lane.read(on(0)), lane.read(off(1)), lane.read(off(2))]
    const ofMill = [mill.read(off(3)), mill.read(on(4)), mill.read(off(5)), mill.read(on(6))]
    await accept(pump.read(on(7)))
    await accept(...ofMill.toReversed(), ...ofLane, pump.read(on(8)))
    const expected = [
      [lane, { seq: 3, power_status: 'OFF', timestamp: at(2), since: at(1) }],
      [mill, { seq: 4, power_status: 'ON', timestamp: at(6), since: at(6) }],
      [pump, { seq: 2, power_status: 'ON', timestamp: at(8), since: at(7) }],
    ] as const
    for (const [device, last] of expected) expect((await rowOf(device)).last).toMatchObject(last)
  })
})

describe('contradictions of one number', () => {
  it('are all refused, and ten of them are kept', async () => {
    const liar = await enrolled('a great liar')
    const told = liar.read()
    await accept(told)
    const first = Array.from({ length: 8 }, (_, n) => contradictionTo(liar, told, n))
    const more = Array.from({ length: 8 }, (_, n) => contradictionTo(liar, told, 100 + n))
    const answers = [...(await accept(...first)), ...(await accept(...more, ...first))]
    expect(answers).toHaveLength(24)
    for (const answer of answers) expect(answer).toMatchObject({ code: 'equivocation' })
    const { equivocations } = test.deps.models
    expect(await equivocations.countDocuments({ device_id: liar.facts.device_id })).toBe(10)
  })

  it('of another number are kept beside them', async () => {
    const liar = await enrolled('a liar twice')
    const [one, two] = [liar.read(), liar.read()]
    await accept(one, two)
    await accept(
      ...Array.from({ length: 12 }, (_, n) => contradictionTo(liar, one, n)),
      contradictionTo(liar, two, 1),
    )
    const { equivocations } = test.deps.models
    expect(await equivocations.countDocuments({ device_id: liar.facts.device_id, seq: 2 })).toBe(1)
  })
})

describe('a device that hands in too much', () => {
  it('is refused, each reading for itself, and what is refused is not kept', async () => {
    const device = await enrolled('talkative')
    let left = 2
    const allowance = () => (left-- > 0 ? 0 : 1_500)
    const readings = [device.read(), device.read(), device.read()]
    const answers = await intake(asJson(readings), allowance)
    expect(answers.map((answer) => ('code' in answer ? answer.code : answer.status))).toEqual([
      'accepted',
      'accepted',
      'rate_limited',
    ])
    expect(answers[2]).toMatchObject({ detail: expect.stringContaining('again in 2 s') })
    const { records } = test.deps.models
    const { device_id } = device.facts
    expect(await records.countDocuments({ device_id, type: 'reading' })).toBe(2)
  })

  it('is counted by what it signed: nobody else can use up its share', async () => {
    const device = await enrolled('slandered')
    const counted: string[] = []
    const allowance = (id: string) => counted.push(id) * 0
    const forged = { ...device.read(), voltage_mv: 1 }
    await intake(asJson([forged, device.read()]), allowance)
    expect(counted).toEqual([device.facts.device_id])
  })
})

describe('what is asked often', () => {
  it('numbers are looked up along their index, many at once', async () => {
    const numbers = [1, 2, 3].map((seq) => ({ device_id: '0123456789ABCDEF01', seq }))
    const plan = await test.deps.models.records
      .find(anyOfNumbers([...numbers, { device_id: '0123456789ABCDEF02', seq: 7 }]))
      .explain('queryPlanner')
    expect(JSON.stringify(plan)).toContain('device_id_1_seq_1')
    expect(JSON.stringify(plan)).not.toContain('COLLSCAN')
  })

  it('the map is drawn along an index', async () => {
    const within = { 'point.coordinates.0': { $gte: 84, $lte: 86 } }
    const plan = await test.deps.models.devices
      .find({ status: 'active', ...within, 'point.coordinates.1': { $gte: 24, $lte: 26 } })
      .explain('queryPlanner')
    expect(JSON.stringify(plan)).toContain('status_1_point.coordinates.0_1_point.coordinates.1_1')
    expect(JSON.stringify(plan)).not.toContain('COLLSCAN')
    const map = await drawMap(test.deps, { bbox: [85, 25, 86, 26], zoom: 9 })
    expect(mapSchema.parse(map).features.length).toBeGreaterThan(0)
    const elsewhere = await drawMap(test.deps, { bbox: [0, 0, 1, 1] })
    expect(elsewhere.features).toEqual([])
  })

  it('of too many changes the latest are told, oldest first', async () => {
    const since = test.clock.now()
    const devices: TestDevice[] = []
    for (const name of ['first', 'second', 'third']) {
      const device = await enrolled(`changed ${name}`)
      devices.push(device)
      test.clock.advance(1_000)
      await accept(device.read())
    }
    const told = await followChanges(test.deps, since, { atMost: 2 })
    expect(await followChanges(test.deps, since, { types: ['batch'] })).toEqual([])
    const ids = told.map(({ data }) => ('device_id' in data ? data.device_id : ''))
    expect(ids).toEqual(devices.slice(1).map(({ facts }) => facts.device_id))
  })
})

describe('a batch that cannot go on', () => {
  it('tells everybody the step and the code, and the administrator the words', async () => {
    const now = test.clock.now()
    const message = 'insufficient funds: 0x00a329c0648769a73afac7f9381e08fb43dbea72 has 3 wei'
    await test.deps.models.batches.create([
      {
        _id: `${AREA}/1`,
        area_id: AREA,
        number: 1,
        state: 'published',
        size: 1,
        root: '1'.repeat(64),
        previous_root: ZERO_ROOT,
        sealed_at: now,
        is_marked: true,
        cid: null,
        anchor: null,
        failure: {
          step: 'anchor',
          code: 'chain_unavailable',
          message,
          at: now,
          attempt: 3,
          next_try_at: now,
        },
        changed_at: now,
      },
    ])
    const page = batchesSchema.parse(await listBatches(test.deps, { limit: 5 }))
    expect(page.items[0]?.failure).toMatchObject({ step: 'anchor', attempt: 3 })
    const changes = await followChanges(test.deps, now)
    expect(JSON.stringify([page, changes])).not.toContain('funds')
    const { items } = await listFailures(test.deps)
    expect(items).toMatchObject([{ subject: `${AREA}/1`, failure: { message } }])
  })
})
