import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Visitor } from '../integration/server/visitor.ts'
import { TestDevice } from '../device.ts'
import { arrive, be, complainAt } from './officials.ts'
import { startScene, watchedPage, type Scene } from './scene.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PHONE = { viewport: { width: 390, height: 844 } }
const DESK = { viewport: { width: 1280, height: 900 } }

let scene: Scene
let official: Visitor
let admin: Visitor
let auditor: Visitor
let page: Page
let complaints: string[]
const ids: Record<'dark' | 'low' | 'wire', string> = { dark: '', low: '', wire: '' }

beforeAll(async () => {
  scene = await startScene()
  const [first, second] = scene.devices
  if (!first || !second) throw new Error('expected devices')
  await scene.report(first, { power_status: 'OFF', reason: 'change' })
  await scene.report(second)
  const { url } = scene.test
  const areas = ['in-br-patna']
  ids.dark = await complainAt(scene, 0, 'no_supply', 'Dark since the storm')
  ids.low = await complainAt(scene, 1, 'low_voltage', 'Lamps glow red')
  ids.wire = await complainAt(scene, 1, 'hazard', 'A wire hangs over the lane')
  official = await arrive(url, { email: 'asha@example.org', role: 'official', areas })
  admin = await arrive(url, { email: 'ravi@example.org', role: 'admin' })
  auditor = await arrive(url, { email: 'mina@example.org', role: 'auditor' })
})
afterAll(() => scene?.stop())

const open = (path: string) => page.goto(`${scene.test.url}${path}`, { waitUntil: 'networkidle' })
async function look(who: Visitor, options: Parameters<typeof watchedPage>[1]) {
  ;({ page, complaints } = await watchedPage(scene.browser, options))
  await be(page.context(), who)
}
const rowOf = (id: string) =>
  page
    .getByTestId('queue')
    .getByRole('listitem')
    .filter({ has: page.locator(`[data-complaint="${id}"]`) })

describe('an official’s morning, by the keyboard alone', () => {
  beforeAll(() => look(official, DESK))
  afterAll(() => page.context().close())

  it('begins with what is overdue, and leads to the queue', async () => {
    await open('/admin')
    await page.getByText('Nothing is overdue').waitFor()
    await page.getByText('3 are open and in time').waitFor()
    await page.getByTestId('figures').waitFor()
    await page.getByRole('link', { name: 'Open the whole queue' }).press('Enter')
    await page.waitForURL('**/admin/complaints')
    await page.getByRole('button', { name: /^Keys/ }).waitFor()
  })

  it('acknowledges and starts with one key each', async () => {
    await page.keyboard.press('j')
    const first = await page.evaluate(() => document.activeElement?.getAttribute('data-complaint'))
    expect(first).toBe(ids.dark)
    await page.keyboard.press('a')
    await rowOf(ids.dark).locator('[data-status=acknowledged]').waitFor()
    await page.keyboard.press('i')
    await rowOf(ids.dark).locator('[data-status=in_progress]').waitFor()
  })

  it('shows beside it what people wrote, the sensors and the history with its hashes', async () => {
    await page.locator(`[data-complaint="${ids.dark}"]`).press('Enter')
    const history = page.getByTestId('history')
    await history.getByText('Dark since the storm').waitFor()
    expect(await history.getByRole('listitem').count()).toBe(3)
    await page.getByText('The sensor nearby reports no power').waitFor()
    await page.getByText('0612 2200000').waitFor()
  })

  it('adds a note from a template', async () => {
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Language' }).press('Enter')
    await page.getByRole('option', { name: 'हिन्दी' }).press('Enter')
    await dialog.getByRole('combobox', { name: 'Template' }).press('Enter')
    await page.getByRole('option', { name: 'A crew is on its way' }).press('Enter')
    const note = dialog.getByLabel('Words')
    await expect.poll(() => note.inputValue()).toContain('मरम्मत टीम')
    await note.press('Control+Enter')
    await page.getByTestId('history').getByText('मरम्मत टीम').waitFor()
  })

  it('warns before closing against the sensors, and shows such a closing to officials', async () => {
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Sensors around this complaint still report no mains').waitFor()
    await dialog.getByLabel('Words').press('Control+Enter')
    await page.getByTestId('contradicted').waitFor()
    await expect.poll(() => rowOf(ids.dark).count()).toBe(0)
    await open('/admin')
    await page.getByText('One was closed although sensors say there is no mains').waitFor()
  })

  it('takes a step on many, with one record each', async () => {
    await open('/admin/complaints')
    for (let index = 0; index < 2; index += 1) {
      await page.keyboard.press('j')
      await page.keyboard.press('x')
    }
    await page.getByText('2 complaints chosen').waitFor()
    await page.keyboard.press('a')
    await page.getByText('2 records are in the ledger').waitFor()
  })

  it('can switch single keys off', async () => {
    await page.keyboard.press('?')
    await page.getByRole('switch', { name: 'Single keys are on' }).press('Space')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('j')
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(complaints).toEqual([])
  })
})

it('an official joins a duplicate to another, once sure', async () => {
  await look(official, PHONE)
  await open(`/admin/complaints/${ids.low}`)
  await page.getByRole('button', { name: 'Join this one to it' }).click()
  await page.getByRole('button', { name: 'Join for good?' }).click()
  await page.locator('[data-status=rejected]').waitFor()
  expect(complaints).toEqual([])
  await page.context().close()
})

describe('an administrator', () => {
  const fresh = new TestDevice('enrolled by hand', { latitude: 25.6, longitude: 85.05 })
  beforeAll(() => look(admin, DESK))
  afterAll(() => page.context().close())

  it('enrols a sensor, suspends it with a reason, and finds it among the suspended', async () => {
    await open('/admin/devices/enrol')
    await page.getByLabel('Sensor’s number').fill(fresh.facts.device_id)
    await page.getByLabel('Public key').fill(fresh.facts.public_key)
    await page.getByLabel('Place').fill('25.6, 85.05')
    await page.getByRole('button', { name: 'Enrol', exact: true }).click()
    await page.getByTestId('enrolled').getByRole('link').click()
    await page.getByLabel('Reason').fill('Stolen from its pole')
    await page.getByRole('button', { name: 'Put on record' }).click()
    await page.getByTestId('device-history').getByText('Suspended').waitFor()
    await open('/admin/devices')
    await page.getByRole('combobox', { name: 'Show' }).click()
    await page.getByRole('option', { name: 'Suspended' }).click()
    await expect.poll(() => page.getByTestId('devices').getByRole('listitem').count()).toBe(1)
    await page.getByTestId('devices').getByText(fresh.facts.device_id).waitFor()
  })

  it('looks at a file before enrolling from it, line by line', async () => {
    const { device_id, public_key } = new TestDevice('from a file').facts
    const head = 'device_id,public_key,stage,customers_served,latitude,longitude'
    const good = `${device_id},${public_key},street,12,25.6,85.02`
    const file = (rows: string[]) => ({
      name: 'sensors.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([head, ...rows].join('\n')),
    })
    await open('/admin/devices/enrol')
    const input = page.locator('input[name=csv]')
    await input.setInputFiles(file([good, good.replace('street', 'flat')]))
    await page.getByText('line 3: device.stage').waitFor()
    expect(await page.getByRole('button', { name: 'Enrol all' }).isDisabled()).toBe(true)
    await input.setInputFiles(file([good]))
    await page.getByRole('button', { name: 'Enrol all' }).click()
    await page.getByText('One sensor is new').waitFor()
  })

  it('says that an area is urban, and sees account, settings and batches', async () => {
    await open('/admin/areas')
    await page.getByRole('combobox', { name: 'Type of Patna' }).click()
    await page.getByRole('option', { name: 'Urban' }).click()
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Type of Patna' }).textContent())
      .toContain('Urban')
    await open('/admin/ledger')
    await page.getByText(/\d ETH$/).waitFor()
    await open('/admin/batches')
    await page.getByText('nothing is failing').waitFor()
    expect(complaints).toEqual([])
  })
})

describe('an auditor', () => {
  beforeEach(async () => {
    await look(auditor, DESK)
    return () => page.context().close()
  })

  it('sees everything and finds nothing to change it with', async () => {
    const device = scene.devices[0]?.facts.device_id ?? ''
    const paths = ['/complaints', `/complaints/${ids.wire}`, '/devices', `/devices/${device}`]
    for (const path of [...paths, '/areas', '/batches', '/ledger']) {
      await open(`/admin${path}`)
      expect(await page.locator('main form button[type=submit]').count(), path).toBe(0)
      for (const testId of ['steps', 'enrolled'])
        expect(await page.getByTestId(testId).count(), path).toBe(0)
      expect(await page.locator('main [role=checkbox]').count(), path).toBe(0)
    }
    await open(`/admin/complaints/${ids.wire}`)
    await page.keyboard.press('r')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('takes the action log home', async () => {
    await open('/admin/actions')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    expect(csv).toContain('complaint_changed')
    expect(csv).toContain('device_event_recorded')
  })
})

describe.each([
  ['hi', 'light', PHONE],
  ['en', 'dark', DESK],
] as const)('in %s, %s', (language, colorScheme, size) => {
  it('holds no barrier and no warning', async () => {
    await look(admin, { ...size, colorScheme })
    const device = scene.devices[0]?.facts.device_id ?? ''
    const complaint = `/complaints/${ids.wire}`
    const paths = ['', '/complaints', complaint, '/devices', '/devices/enrol', `/devices/${device}`]
    for (const path of [...paths, '/areas', '/batches', '/ledger']) {
      await open(`${language === 'hi' ? '/hi' : ''}/admin${path}`)
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
        path,
      ).toEqual([])
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wide, path).toBeLessThanOrEqual(0)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
