import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { measurementsOf } from '../../../../stack/demo/measurement.ts'
import { readOutages } from '../../../../stack/demo/outage-table.ts'
import type { Site } from '../../../../stack/demo/scenario.ts'
import { readScenario } from '../../../../stack/demo/scenarios.ts'

const scenario = await readScenario('helene')
const { beginAt, endAt, heartbeatMs } = scenario
const bySite = scenario.sites.map((site) => [...measurementsOf(site, scenario)])
const HOUR_MS = 3_600_000

const siteWith = (...interruptions: Site['interruptions']): Site => ({
  deviceId: '0123456789ABCDEF01',
  latitude: 38,
  longitude: -85,
  customers: 10,
  areaId: 'us-ky-jefferson',
  interruptions,
})

const told = (site: Site) =>
  [...measurementsOf(site, scenario)]
    .filter(({ reason }) => reason !== 'heartbeat')
    .map(({ at, status, reason, offSinceAt }) => ({ at, status, reason, offSinceAt }))

describe('the sensors of Hurricane Helene', () => {
  test('go off at the start of every real outage and on when it was last seen, to the second', async () => {
    const file = new URL('../../../../stack/demo/data/helene.csv', import.meta.url)
    const outages = readOutages(await readFile(file, 'utf8'), fileURLToPath(file))
    const said = new Set(
      bySite
        .flat()
        .map(({ site, at, status }) => `${site.latitude},${site.longitude} ${at} ${status}`),
    )
    const unsaid = outages.filter((outage) => {
      const place = `${outage.latitude},${outage.longitude}`
      const startAt = Math.max(Date.parse(outage.start_time), beginAt)
      const returnAt = Date.parse(outage.last_seen)
      const isReturnSaid = returnAt >= endAt || said.has(`${place} ${returnAt} ON`)
      return !said.has(`${place} ${startAt} OFF`) || !isReturnSaid
    })
    expect(outages.length).toBeGreaterThan(1500)
    expect(unsaid).toEqual([])
    const offs = bySite.flat().filter(({ status }) => status === 'OFF')
    expect(offs).toHaveLength(outages.length)
  })

  test('begin with a boot reading and number everything from 1 without gaps', () => {
    const first = bySite.map(([measurement]) => measurement)
    expect(first.every((boot) => boot?.at === beginAt && boot.reason === 'boot')).toBe(true)
    const misnumbered = bySite.flatMap((measurements) =>
      measurements.filter(({ seq }, index) => seq !== index + 1),
    )
    expect(misnumbered).toEqual([])
  })

  test('tell time forwards, in whole seconds, within the period', () => {
    const wrong = bySite.flatMap((measurements) =>
      measurements.filter(({ at }, index) => {
        const afterThat = index === 0 ? at >= beginAt : at > (measurements[index - 1]?.at ?? at)
        return !afterThat || at >= endAt || at % 1000 !== 0
      }),
    )
    expect(wrong).toEqual([])
  })

  test('send heartbeats every 15 minutes with mains, and nothing without', () => {
    const wrong = bySite.flatMap((measurements) =>
      measurements.filter(({ at, status }, index) => {
        const next = measurements[index + 1]
        return status === 'ON'
          ? (next?.at ?? endAt) - at > heartbeatMs
          : next !== undefined && next.reason !== 'boot'
      }),
    )
    expect(wrong).toEqual([])
  })

  test('do not all send their heartbeats at the same time', () => {
    const heartbeats = bySite.flat().filter(({ reason }) => reason === 'heartbeat')
    const phases = new Set(heartbeats.map(({ at }) => at % heartbeatMs))
    expect(phases.size).toBeGreaterThan(500)
  })
})

describe('a sensor', () => {
  const [startAt, returnAt] = [beginAt + HOUR_MS, beginAt + 3 * HOUR_MS]

  test('gives a last gasp, and on its return says since when it had no mains', () => {
    expect(told(siteWith({ startAt, endAt: returnAt }))).toEqual([
      { at: beginAt, status: 'ON', reason: 'boot', offSinceAt: undefined },
      { at: startAt, status: 'OFF', reason: 'last_gasp', offSinceAt: undefined },
      { at: returnAt, status: 'ON', reason: 'boot', offSinceAt: startAt },
    ])
  })

  test('begins without mains where an outage was going on, not knowing since when', () => {
    expect(told(siteWith({ startAt: beginAt - HOUR_MS, endAt: returnAt }))).toEqual([
      { at: beginAt, status: 'OFF', reason: 'boot', offSinceAt: undefined },
      { at: returnAt, status: 'ON', reason: 'boot', offSinceAt: undefined },
    ])
  })

  test('stays off where the outage ends after the period', () => {
    const measurements = [
      ...measurementsOf(siteWith({ startAt, endAt: endAt + HOUR_MS }), scenario),
    ]
    expect(measurements.at(-1)).toMatchObject({ at: startAt, status: 'OFF' })
  })

  test('ignores outages before and after the period', () => {
    const before = { startAt: beginAt - 2 * HOUR_MS, endAt: beginAt - HOUR_MS }
    const after = { startAt: endAt, endAt: endAt + HOUR_MS }
    expect(told(siteWith(before, after))).toHaveLength(1)
  })
})
