import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Device } from '../../firmware/host/harness/device.ts'
import { keptMemory } from '../../firmware/host/harness/kept-memory.ts'
import { mainsOf } from '../../firmware/host/harness/mains.ts'
import { expectUnbroken } from './chain.ts'
import { buildHost } from './host.ts'
import { PortalDouble } from './portal-double.ts'

/** A device whose memory is a folder. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 20, 0, 0, 0)

let program: string
let folder: string
beforeAll(() => {
  program = buildHost('device')
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridwitness-device-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** One process's share of the device's life; it ends without a word, as after kill −9. */
async function live(portal: PortalDouble, fromMs: number, toMs: number): Promise<void> {
  const device = new Device({
    program,
    memory: keptMemory(folder),
    network: portal,
    startMs: fromMs,
    latitude: 25.5941,
    longitude: 85.1376,
    mains: mainsOf('steady', fromMs, toMs),
    settings: { origin: 'http://portal.test', apn: 'iot.test' },
  })
  await device.live(toMs)
  await device.stop()
}

test('it goes on with its numbers, and tells how long it had no supply', async () => {
  const portal = new PortalDouble()
  await live(portal, START, START + HOUR)
  await live(portal, START + 2 * HOUR, START + 3 * HOUR)
  const readings = expectUnbroken(portal.arrivals).map(({ reading }) => reading)
  const [, second] = readings.filter(({ reason }) => reason === 'boot')
  const off = Date.parse(second?.off_since ?? '') - START
  expect(off).toBeGreaterThan(50 * MINUTE)
  expect(off).toBeLessThanOrEqual(HOUR)
})

test('what the portal did not get before the end is sent by the next life', async () => {
  const portal = new PortalDouble()
  portal.down = [[START, START + HOUR]]
  await live(portal, START, START + HOUR)
  expect(portal.arrivals).toEqual([])
  await live(portal, START + HOUR, START + 3 * HOUR)
  const readings = expectUnbroken(portal.arrivals).map(({ reading }) => reading)
  expect(readings.length).toBeGreaterThan(8)
  expect(readings.filter(({ reason }) => reason === 'boot')).toHaveLength(2)
})

test('a second process takes the device over; the first says so and stops', async () => {
  const portal = new PortalDouble()
  const first = keptMemory(folder)
  first.keepLife(START)
  await live(portal, START, START + HOUR)
  expect(() => {
    first.keepLife(START + HOUR)
  }).toThrow(/expected counter 0, got 1: [0-9A-F]{18} runs elsewhere/)
  expect(() => first.element.increment()).toThrow('runs elsewhere')
})

test('a damaged file is named', async () => {
  keptMemory(folder)
  const path = join(folder, 'element.json')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"counter":0', '"counter":"0"'))
  expect(() => keptMemory(folder)).toThrow(/element\.json: counter/)
})
