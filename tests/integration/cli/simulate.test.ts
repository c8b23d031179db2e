import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deviceSchema } from '../../../shared/api/devices.ts'
import { storedReadingsSchema } from '../../../shared/api/readings.ts'
import { TestDevice } from '../../device.ts'
import { ADMIN_TOKEN, enrol, get, startTestPortal, type TestPortal } from '../../portal.ts'
import { gridwitness } from './session.ts'

const AREA = 'in-br-patna'
const PLACE = ['--latitude', '25.5941', '--longitude', '85.1376']

describe('gridwitness device simulate against a running portal', () => {
  let test: TestPortal
  let folder: string
  const simulateIn = (dir: string, args: readonly string[]) =>
    gridwitness(['device', 'simulate', '--portal', test.url, '--dir', dir, ...args], {
      env: { GRIDWITNESS_ADMIN_TOKEN: ADMIN_TOKEN },
    })
  const simulate = (...args: string[]) => simulateIn(folder, args)
  const idIn = (output: string) => /[0-9A-F]{18}/.exec(output)?.[0] ?? ''
  const heldOf = async (deviceId: string) => {
    const held = await get(test.url, `/api/v1/readings?device_id=${deviceId}&limit=500`)
    return storedReadingsSchema.parse(held.body).items
  }

  beforeAll(async () => {
    test = await startTestPortal({ NUXT_BATCH_INTERVAL_SECONDS: '1800' })
    folder = join(test.dir, 'simulated')
    await enrol(test.url, AREA, [new TestDevice('neighbour')])
  })
  afterAll(() => test?.stop())

  it('wants a place for a new device, and makes none without', async () => {
    const session = await simulate('--once')
    expect(session.code).toBe(2)
    expect(session.stderr).toContain('expected --latitude and --longitude for a new device')
    expect(existsSync(folder)).toBe(false)
  })

  it('is refused while the device is unknown, and says by what', async () => {
    const session = await simulate('--once', ...PLACE, '--area', AREA)
    expect(session.code).toBe(1)
    expect(session.stdout).toMatch(/sends {2}number \d+, boot ON/)
    expect(session.stderr).toContain('unknown_device')
  })

  it('enrols the device and ends with the first answer', async () => {
    const session = await simulate('--once', '--enrol')
    expect(session.stderr).toBe('')
    expect(session.code).toBe(0)
    expect(session.stdout).toMatch(/^device 0123[0-9A-F]{12}EE, kept in /)
    expect(session.stdout).toMatch(/\nenrolled, record [0-9a-f]{64}\n/)
    expect(session.stdout).toMatch(/portal number \d+ accepted, record [0-9a-f]{64}\n/)
  })

  it('goes on with its numbers', async () => {
    const session = await simulate('--for', '2', '--speed', '60')
    expect(session.code).toBe(0)
    expect(session.stdout).toMatch(/sends {2}number \d+, boot ON, measured \S+, off since \S+\n/)
    const items = await heldOf(idIn(session.stdout))
    expect(items.length).toBeGreaterThan(1)
    expect(items.filter(({ chain }) => chain === 'gap')).toEqual([])
  })

  it('lives through an outage in its past, which the portal holds whole', async () => {
    const place = [...PLACE, '--area', AREA, '--enrol']
    const life = ['--for', '90', '--speed', '3000', '--scenario', 'outage']
    const session = await simulateIn(join(test.dir, 'outage'), [...place, ...life])
    expect(session.code).toBe(0)
    expect(session.stdout).toMatch(/mains {2}off\n.*last_gasp OFF.*\n/)
    expect(session.stdout).toMatch(/mains {2}on\n(?:.*heartbeat OFF.*\n.*\n)?.*change ON/)
    expect(session.stdout).not.toContain('refused')
    const deviceId = idIn(session.stdout)
    const items = await heldOf(deviceId)
    expect(items.length).toBeGreaterThan(8)
    expect(items.filter(({ chain }) => chain === 'gap')).toEqual([])
    const { body } = await get(test.url, `/api/v1/devices/${deviceId}`)
    expect(deviceSchema.parse(body)).toMatchObject({ area_id: AREA, equivocations: [] })
  })

  it.each([
    [['--speed', '60'], '--for: expected a value beside --speed'],
    [['--once', '--for', '5'], '--once: expected neither --for nor --speed'],
    [['--scenario', 'storm'], '--scenario: expected one of steady, outage, flapping'],
    [PLACE, 'the device has one; use another --dir'],
  ])('%j is refused, saying why', async (args, message) => {
    const session = await simulate(...args)
    expect(session.code).toBe(2)
    expect(session.stderr).toContain(message)
  })
})
