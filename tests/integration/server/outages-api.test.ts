import { parse as parseCsv } from 'csv-parse/sync'
import { create } from 'xmlbuilder2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { areaAtom, areaCalendar } from '../../../server/services/feeds/area-feeds.ts'
import { describeOutage } from '../../../server/services/outage/describe-outage.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { findRecord } from '../../../server/services/ledger/find-record.ts'
import { followChanges } from '../../../server/services/follow-changes.ts'
import { listOutages, listOutagesOfArea } from '../../../server/services/outage/list-outages.ts'
import { alertsAtom, outageCap } from '../../../server/services/outage/outage-alerts.ts'
import { outagesAsCsv, outagesAsGeojson } from '../../../server/services/outage/outage-downloads.ts'
import { inBox } from '../../../server/services/outage/outages-in-box.ts'
import { listOutageEvidence } from '../../../server/services/outage/outage-evidence.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import type { Box } from '../../../shared/api/map.ts'
import { outageDetailSchema, outageSchema, outagesSchema } from '../../../shared/api/outages.ts'
import { TestDevice } from '../../device.ts'
import { derive } from './outage-records.ts'
import { startServices, type ServiceTest } from './deps.ts'

const MINUTE_MS = 60_000
const PORTAL = { origin: 'https://portal.example' }
const off = { power_status: 'OFF', reason: 'last_gasp' } as const
const on = { power_status: 'ON', reason: 'change' } as const

const ring: [number, number][] = [
  [85, 25],
  [86, 25],
  [86, 26],
  [85, 25],
]
const pumps = [0, 1].map(
  (n) => new TestDevice(`pump ${n}`, { customers_served: 600, longitude: n === 0 ? 85.1 : 85.2 }),
)
const mill = new TestDevice('mill', { customers_served: 30, latitude: 27.5 })
const home = new TestDevice('home', {
  stage: 'house',
  customers_served: 1,
  latitude: undefined,
  longitude: undefined,
  location_commitment: 'd5'.repeat(32),
})

let test: ServiceTest
let startAt: number
const at = (minutes: number) =>
  `${new Date(startAt + minutes * MINUTE_MS).toISOString().slice(0, 19)}Z`

beforeAll(async () => {
  test = await startServices()
  const put = (id: string, name: string, parent_id: string | null, isDrawn = false) =>
    putArea(test.deps, id, {
      name,
      kind: 'block',
      parent_id,
      geometry: isDrawn ? { type: 'Polygon', coordinates: [ring] } : null,
    })
  await put('state', 'State', null)
  await put('west', 'West & <Co>', 'state', true)
  await put('east', '=EAST()', 'state')
  test.clock.advance(1000 - (test.clock.now().getTime() % 1000))
  startAt = test.clock.now().getTime()
  const enrolments = [...pumps, home].map(({ facts }) => ({ area_id: 'west', device: facts }))
  await enrolDevices(test.deps, [...enrolments, { area_id: 'east', device: mill.facts }])
  const hear: [TestDevice, number, object][] = [
    ...[...pumps, mill, home].map((one): [TestDevice, number, object] => [one, 0, on]),
    [home, 2, off],
    [mill, 5, off],
    [mill, 7, on],
    [pumps[0] ?? mill, 10, off],
    [pumps[1] ?? mill, 11, off],
    [pumps[0] ?? mill, 40, on],
  ]
  test.clock.advance(60 * MINUTE_MS)
  const json = hear.map(([device, minutes, members]) =>
    device.read({ timestamp: at(minutes), ...members }),
  )
  await readingIntake(test.deps)(
    json.map((reading) => ({ json: reading })),
    () => 0,
  )
  await derive(test.deps)
})
afterAll(() => test?.stop())

const list = async (query: Partial<Parameters<typeof listOutages>[1]> = {}) =>
  outagesSchema.parse(await listOutages(test.deps, { limit: 100, ...query }))
const starts = async (query: Parameters<typeof list>[0]) =>
  (await list(query)).items.map(({ started_at }) => started_at)

/** The outage of the two pumps, which goes on: 30 minutes of one, so far 49 of the other. */
async function pumpOutage() {
  const { items } = await list({ status: 'ongoing' })
  const found = items.find(({ devices }) => devices === 2)
  if (!found) throw new Error('expected the outage of the pumps')
  return found
}

async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('outages', () => {
  it('are listed newest first, with what they are', async () => {
    const { items, next } = await list()
    expect(next).toBeNull()
    expect(items.map(({ started_at, status, local }) => [started_at, status, local])).toEqual([
      [at(10), 'ongoing', false],
      [at(5), 'restored', false],
      [at(2), 'ongoing', true],
    ])
    expect(await pumpOutage()).toMatchObject({
      area_id: 'west',
      area_name: 'West & <Co>',
      ended_at: null,
      duration_seconds: 50 * 60,
      customers_affected: 1200,
      bbox: [85.1, 25.59, 85.2, 25.59],
    })
  })

  it('are found by area with all below it, place, status and start', async () => {
    expect(await starts({ area_id: 'state' })).toEqual([at(10), at(5), at(2)])
    expect(await starts({ area_id: 'east' })).toEqual([at(5)])
    expect(await starts({ bbox: [85, 25, 85.15, 26] })).toEqual([at(10)])
    expect(await starts({ bbox: [-180, -90, 180, 90] })).toEqual([at(10), at(5)])
    expect(await starts({ bbox: [170, -90, 160, 90] })).toEqual([at(10), at(5)])
    expect(await starts({ bbox: [170, 25, 85.15, 26] })).toEqual([at(10)])
    expect(await starts({ bbox: [85.2, 25, 85.1, 26] })).toEqual([at(10)])
    expect(await starts({ bbox: [86, 25, 85, 26] })).toEqual([])
    expect(await starts({ status: 'restored' })).toEqual([at(5)])
    expect(await starts({ status: 'ongoing', area_id: 'state' })).toEqual([at(10), at(2)])
    expect(await starts({ from: at(5), to: at(10) })).toEqual([at(5)])
    const { items } = await listOutagesOfArea(test.deps, 'west', { limit: 1 })
    expect(items).toHaveLength(1)
    await expect(list({ area_id: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('come page by page, each once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: 1, cursor })
      seen.push(...page.items.map(({ started_at }) => started_at))
      cursor = page.next ?? undefined
    } while (cursor)
    expect(seen).toEqual([at(10), at(5), at(2)])
    await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'malformed' })
  })

  it('are listed along an index, whatever is asked', async () => {
    const asked = [
      {},
      { ended_at: null },
      { ended_at: null, area_id: { $in: ['west', 'east'] } },
      { area_id: { $in: ['west', 'east'] }, started_at: { $lt: new Date() } },
    ]
    const plans = asked.map((filter) =>
      test.deps.models.outages
        .find(filter)
        .sort({ started_at: -1, _id: -1 })
        .explain('queryPlanner'),
    )
    const winning = (await Promise.all(plans)).map((plan) => {
      const { queryPlanner } = Object(plan)
      return JSON.stringify(queryPlanner.winningPlan)
    })
    for (const plan of winning) expect(plan).not.toMatch(/COLLSCAN|"SORT"/)
  })

  it('of a small box may be looked for along the index of places', async () => {
    const plansFor = async (box: Box) =>
      JSON.stringify(
        await test.deps.models.outages
          .find(inBox(box))
          .sort({ started_at: -1, _id: -1 })
          .explain('queryPlanner'),
      )
    expect(await plansFor([85, 25, 86, 26])).toContain('cells_2dsphere')
    expect(await plansFor([-180, -90, 180, 90])).not.toContain('cells_2dsphere')
  })
})

describe('an outage', () => {
  it('tells each interruption, with the public place of its device', async () => {
    const { outage_id } = await pumpOutage()
    const answer = await describeOutage(test.deps, outage_id, { limit: 100 })
    expect(outageDetailSchema.parse(answer).interruptions.items).toMatchObject([
      { off_at: at(10), ended_at: at(40), duration_class: 'sustained', duration_seconds: 1800 },
      { off_at: at(11), ended_at: null, duration_class: 'sustained', coordinates: [85.2, 25.5941] },
    ])
    const first = await describeOutage(test.deps, outage_id, { limit: 1 })
    const second = await describeOutage(test.deps, outage_id, {
      limit: 1,
      cursor: first.interruptions.next ?? '',
    })
    expect(second.interruptions).toMatchObject({ items: [{ off_at: at(11) }], next: null })
  })

  it('keeps the place of a home to itself', async () => {
    const found = (await list()).items.find(({ local }) => local)
    expect(found).toMatchObject({ bbox: null })
    const { interruptions } = await describeOutage(test.deps, String(found?.outage_id), {
      limit: 10,
    })
    expect(interruptions.items).toMatchObject([{ coordinates: null, stage: 'house' }])
  })

  it('names the readings it rests on, all of them records, page by page', async () => {
    const { outage_id } = await pumpOutage()
    const leaves: string[] = []
    let cursor: string | undefined
    do {
      const page = await listOutageEvidence(test.deps, outage_id, { limit: 2, cursor })
      leaves.push(...page.items)
      cursor = page.next ?? undefined
    } while (cursor)
    const said = await Promise.all(
      leaves.map(async (leaf) => {
        const { record } = await findRecord(test.deps, leaf)
        const { power_status } = Object(record.reading)
        return power_status
      }),
    )
    expect(said).toEqual(['ON', 'OFF', 'ON', 'ON', 'OFF'])
    const bad = listOutageEvidence(test.deps, outage_id, { limit: 2, cursor: 'x' })
    await expect(bad).rejects.toMatchObject({ code: 'malformed' })
  })

  it('that is none is not found', async () => {
    const asked = describeOutage(test.deps, 'west.20200101T000000Z.000000000000000000', {
      limit: 1,
    })
    await expect(asked).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is told live when it changes', async () => {
    const changes = await followChanges(test.deps, new Date(startAt))
    const told = changes.flatMap(({ type, data }) => (type === 'outage' ? [data] : []))
    expect(told.map((data) => outageSchema.parse(data).started_at).toSorted()).toEqual(
      [at(10), at(2), at(5)].toSorted(),
    )
    expect(await followChanges(test.deps, new Date(startAt + 61 * MINUTE_MS))).toEqual([])
  })
})

/** What a document says; the parser hands out text as it is escaped there. */
const xml = (text: string) => Object(create(text).end({ format: 'object' }))
const links = ({ link }: { link: Record<string, string>[] }) =>
  Object.fromEntries(link.map((one) => [one['@rel'], one['@href']]))

describe('feeds', () => {
  it('of an area are Atom, with what RFC 4287 requires and the licence', async () => {
    const { feed } = xml(await areaAtom(test.deps, PORTAL, 'west'))
    expect(feed).toMatchObject({
      '@xmlns': 'http://www.w3.org/2005/Atom',
      id: 'https://portal.example/areas/west/outages.atom',
      title: 'Power outages in West &amp; &lt;Co&gt;',
      // When it was last known to be other than before.
      updated: at(60),
      author: { name: 'Gridwitness' },
    })
    expect(links(feed)).toMatchObject({
      self: 'https://portal.example/areas/west/outages.atom',
      license: 'https://creativecommons.org/licenses/by/4.0/',
    })
    const { outage_id } = await pumpOutage()
    expect(feed.entry[0]).toMatchObject({
      id: `https://portal.example/outages/${outage_id}`,
      updated: at(60),
      title: 'West &amp; &lt;Co&gt;: 1200 customers without power',
    })
    await expect(areaAtom(test.deps, PORTAL, 'nowhere')).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('of alerts name outages with enough customers off for long, and the message of each', async () => {
    const { feed } = xml(await alertsAtom(test.deps, PORTAL, 1000))
    const { outage_id } = await pumpOutage()
    expect(links(feed.entry)).toMatchObject({
      enclosure: `https://portal.example/outages/${outage_id}/alert.cap`,
    })
    expect(xml(await alertsAtom(test.deps, PORTAL, 1201)).feed.entry).toBeUndefined()
    // The mill's was momentary.
    const { feed: small } = xml(await alertsAtom(test.deps, PORTAL, 30))
    expect(small.entry.id).toContain(outage_id)
  })

  it('give past outages as a calendar, RFC 5545', async () => {
    const text = await areaCalendar(test.deps, PORTAL, 'state')
    const lines = text.split('\r\n')
    const time = (minutes: number) => at(minutes).replaceAll(/[-:]/g, '')
    expect(lines.slice(0, 2)).toEqual(['BEGIN:VCALENDAR', 'VERSION:2.0'])
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1)
    expect(lines).toContain(`DTSTART:${time(5)}`)
    expect(lines).toContain(`DTEND:${time(7)}`)
    expect(lines).toContain(`DTSTAMP:${time(7)}`)
    expect(text).toMatch(/^PRODID:/m)
    expect(text).toMatch(/^UID:east\./m)
    expect(await areaCalendar(test.deps, PORTAL, 'state')).toBe(text)
    expect(text).not.toContain('VTIMEZONE')
    const empty = (await areaCalendar(test.deps, PORTAL, 'west')).split('\r\n')
    expect(empty.filter((line) => line.startsWith('BEGIN:'))).toEqual([
      ...['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'BEGIN:STANDARD'],
    ])
    expect(empty.slice(-2)).toEqual(['END:VCALENDAR', ''])
  })
})

describe('an alert', () => {
  const alertOf = async (customers = 1000) => {
    const { outage_id } = await pumpOutage()
    const options = { customers, status: 'Test' as const }
    return xml(await outageCap(test.deps, PORTAL, outage_id, options)).alert
  }

  it('has what CAP 1.2 requires, and is the same whenever it is asked for', async () => {
    const { outage_id } = await pumpOutage()
    const { models } = test.deps
    await models.outages.updateOne({ _id: outage_id }, { changed_at: new Date(at(12)) })
    const alert = await alertOf()
    expect(alert).toMatchObject({
      '@xmlns': 'urn:oasis:names:tc:emergency:cap:1.2',
      identifier: outage_id,
      sender: 'gridwitness@portal.example',
      // The second pump made it enough, five minutes after it was lost.
      sent: at(16).replace('Z', '-00:00'),
      status: 'Test',
      msgType: 'Alert',
      scope: 'Public',
      info: {
        category: 'Infra',
        urgency: 'Immediate',
        severity: 'Moderate',
        certainty: 'Observed',
        area: { areaDesc: 'West &amp; &lt;Co&gt;', polygon: '25,85 25,86 26,86 25,85' },
      },
    })
    expect(await alertOf()).toEqual(alert)
    expect(alert.references).toBeUndefined()
    await models.outages.updateOne({ _id: outage_id }, { changed_at: new Date(at(60)) })
  })

  it('is another message whenever the outage is another, and names the first', async () => {
    const { outage_id } = await pumpOutage()
    expect(await alertOf()).toMatchObject({
      identifier: `${outage_id}.${at(60).replaceAll(/[-:]/g, '')}`,
      sent: at(60).replace('Z', '-00:00'),
      msgType: 'Update',
      references: `gridwitness@portal.example,${outage_id},${at(16).replace('Z', '-00:00')}`,
      info: { responseType: 'Monitor', urgency: 'Immediate' },
    })
  })

  it('is none for an outage too small, momentary or local', async () => {
    await expect(alertOf(1201)).rejects.toMatchObject({ code: 'not_found' })
    for (const { outage_id, devices } of (await list()).items) {
      if (devices === 2) continue
      const asked = outageCap(test.deps, PORTAL, outage_id, { customers: 1, status: 'Actual' })
      await expect(asked).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('says all clear once mains are back, and names the first message', async () => {
    const { outage_id } = await pumpOutage()
    const { models } = test.deps
    const row = await models.outages.findById(outage_id).lean()
    await models.outages.updateOne({ _id: outage_id }, { ended_at: new Date(at(55)) })
    const options = { customers: 1000, status: 'Actual' as const }
    const { alert } = xml(await outageCap(test.deps, PORTAL, outage_id, options))
    const sent = at(16).replace('Z', '-00:00')
    expect(alert).toMatchObject({
      identifier: `${outage_id}.${at(60).replaceAll(/[-:]/g, '')}`,
      msgType: 'Update',
      references: `gridwitness@portal.example,${outage_id},${sent}`,
      info: { responseType: 'AllClear', urgency: 'Past' },
    })
    await models.outages.updateOne({ _id: outage_id }, { ended_at: row?.ended_at ?? null })
  })
})

describe('downloads', () => {
  it('are CSV with the licence in each row, and no name runs as a formula', async () => {
    const text = await textOf(outagesAsCsv(test.deps, { area_id: 'state' }))
    const rows = parseCsv<Record<string, string>>(text, { columns: true })
    expect(rows).toHaveLength(3)
    expect(rows.map(({ licence }) => licence)).toEqual(
      Array(3).fill('https://creativecommons.org/licenses/by/4.0/'),
    )
    expect(rows[1]).toMatchObject({ area_name: "'=EAST()", local: 'false', ended_at: at(7) })
  })

  it('are GeoJSON, with no place for what has none', async () => {
    const collection = JSON.parse(await textOf(outagesAsGeojson(test.deps, {})))
    expect(collection).toMatchObject({
      type: 'FeatureCollection',
      license: 'https://creativecommons.org/licenses/by/4.0/',
    })
    const points = collection.features.map(({ geometry }: { geometry: unknown }) => geometry)
    expect(points[0]).toMatchObject({ type: 'Point', coordinates: [expect.closeTo(85.15), 25.59] })
    expect(points[2]).toBeNull()
    const none = await textOf(outagesAsGeojson(test.deps, { from: '2100-01-01T00:00:00Z' }))
    expect(JSON.parse(none)).toMatchObject({ features: [] })
  })
})
