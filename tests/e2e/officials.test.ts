import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Visitor } from '../integration/server/visitor.ts'
import { TestDevice } from '../device.ts'
import { barriersOn } from './barriers.ts'
import { arrive, be, complainAt } from './officials.ts'
import { openPage, startScene, watchedIn, watchedPage, type Scene } from './scene.ts'

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

const open = (path: string) => openPage(page, `${scene.test.url}${path}`)
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

  it('names the fault with a step, and the clock follows', async () => {
    await page.locator(`[data-complaint="${ids.low}"]`).press('Enter')
    const complaint = page.getByRole('article')
    await complaint.getByRole('heading', { name: 'Low voltage' }).waitFor()
    await complaint.getByText(/^(?:2 d 0|1 d 23) h left$/).waitFor()
    await page.keyboard.press('Shift+A')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Fault found' }).press('Enter')
    await page.getByRole('option', { name: 'overhead line' }).press('Enter')
    await dialog.getByRole('button', { name: 'Acknowledge' }).press('Enter')
    await page.getByTestId('history').getByText('Fault found: overhead line').waitFor()
    await complaint.getByText('clock of: overhead line').waitFor()
    await complaint.getByText(/^(?:1 d 0|23) h.* left$/).waitFor()
    await page.locator(`[data-complaint="${ids.dark}"]`).press('Enter')
    await page.getByTestId('history').getByText('Dark since the storm').waitFor()
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

  it('acts on the open complaint alone, and keeps what was typed where a colleague was first', async () => {
    await open(`/admin/complaints/${ids.wire}`)
    await rowOf(ids.low).getByRole('checkbox').press('Space')
    await page.getByText('One complaint chosen').waitFor()
    const panel = page.getByRole('article')
    await panel.getByRole('button', { name: 'Acknowledge: name the fault' }).press('Enter')
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByTestId('subject').textContent()).toContain(ids.wire)
    await dialog.getByLabel('Words').fill('A crew looks at the wire')
    const steps = `admin/complaints/${ids.wire}/actions`
    expect((await admin.ask('POST', steps, { action: 'acknowledge' })).status).toBe(201)
    await dialog.getByRole('button', { name: 'Acknowledge' }).press('Enter')
    await dialog.getByText(/admin:\w{4} came first: Acknowledged/).waitFor()
    expect(await dialog.getByLabel('Words').inputValue()).toBe('A crew looks at the wire')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await panel.getByRole('button', { name: 'In progress', exact: false }).first().press('Enter')
    await panel.locator('[data-status=in_progress]').waitFor()
    await panel.getByRole('status').getByText('One record is in the ledger').waitFor()
    // The button is gone; the focus is with the complaint, not lost.
    await page.waitForFunction(() => document.activeElement?.closest('[data-panel]') !== null)
    expect(await rowOf(ids.low).locator('[data-status=acknowledged]').count()).toBe(1)
  })

  it('offers what was filed meanwhile', async () => {
    const id = await complainAt(scene, 0, 'repeated_outages', 'Off every evening')
    await page.getByRole('button', { name: 'One new complaint' }).press('Enter')
    await rowOf(id).waitFor()
  })

  it('takes a step on many, with one record each', async () => {
    await open('/admin/complaints')
    for (let index = 0; index < 2; index += 1) {
      await page.keyboard.press('j')
      await page.keyboard.press('x')
    }
    await page.getByText('2 complaints chosen').waitFor()
    await page.keyboard.press('n')
    await page.getByRole('dialog').getByLabel('Words').fill('Seen on the round')
    await page.keyboard.press('Control+Enter')
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
  await page.getByRole('link', { name: 'It goes on as another complaint' }).click()
  await page.getByRole('heading', { name: 'Danger' }).waitFor()
  await page.getByRole('link', { name: 'The other complaint' }).click()
  await page.getByRole('heading', { name: 'Low voltage' }).waitFor()
  await page.getByRole('link', { name: 'Back to the queue' }).click()
  await page.getByRole('combobox', { name: 'Show' }).click()
  await page.getByRole('option', { name: 'Closed, the latest first' }).click()
  await rowOf(ids.low).getByText('in another complaint').waitFor()
  await page.getByLabel('Number of a complaint').fill(`see ${ids.low.toUpperCase()}`)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.waitForURL(`**/admin/complaints/${ids.low}?show=closed`)
  expect(complaints).toEqual([])
  await page.context().close()
})

it('an administrator with a phone sees which section is open', async () => {
  await look(admin, PHONE)
  const rightOf = async (name: string) => {
    const box = await page.getByRole('navigation').getByRole('link', { name }).boundingBox()
    return box && box.x >= 0 ? box.x + box.width : Number.NaN
  }
  await open('/admin/people')
  await expect.poll(() => rightOf('People')).toBeLessThanOrEqual(PHONE.viewport.width)
  await open('/admin/devices/enrol')
  await expect.poll(() => rightOf('Sensors')).toBeLessThanOrEqual(PHONE.viewport.width)
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
    await page.getByLabel('Place').fill('25.6')
    await page.getByRole('button', { name: 'Enrol', exact: true }).click()
    await page.getByText('Expected latitude and longitude').waitFor()
    await page.getByLabel('Place').fill('25.6, 85.05')
    await page.getByRole('button', { name: 'Enrol', exact: true }).click()
    await page.getByTestId('enrolled').getByRole('link').click()
    await page.getByLabel('Reason').fill('Stolen from its pole')
    await page.getByRole('button', { name: 'Put on record' }).click()
    await page.getByTestId('device-history').getByText('Suspended').waitFor()
    await page.getByTestId('device-history').getByText('Stolen from its pole').waitFor()
    await page.getByTestId('device-facts').getByText('25.6, 85.05').waitFor()
    await open('/admin/devices')
    await page.getByRole('combobox', { name: 'Show' }).click()
    await page.getByRole('option', { name: 'Suspended' }).click()
    await expect.poll(() => page.getByTestId('devices').getByRole('listitem').count()).toBe(1)
    await page.getByTestId('devices').getByText(fresh.facts.device_id).waitFor()
  })

  it('puts it back into service, changes its key, moves it, and revokes it for good', async () => {
    const changed = async (change: string, event: string, fill?: () => Promise<void>) => {
      await page.getByRole('combobox', { name: 'What happens' }).click()
      await page.getByRole('option', { name: change }).click()
      await fill?.()
      await page.getByLabel('Reason').fill('Found again')
      await page.getByRole('button', { name: 'Put on record' }).click()
      await page.getByTestId('device-history').getByText(event, { exact: true }).waitFor()
    }
    const { public_key } = new TestDevice('another key').facts
    await open(`/admin/devices/${fresh.facts.device_id}`)
    await changed('Put back into service', 'Back in service')
    await changed('Change its key', 'Key changed', () =>
      page.getByRole('textbox', { name: 'Public key' }).fill(public_key),
    )
    await changed('Move it', 'Moved', () =>
      page.getByLabel('Latitude, longitude').fill('25.61, 85.06'),
    )
    await page.getByRole('combobox', { name: 'What happens' }).click()
    await page.getByRole('option', { name: 'Revoke for good' }).click()
    await page.getByLabel('Reason').fill('Burnt')
    await page.getByRole('button', { name: 'Put on record' }).click()
    await page.getByRole('alert').getByText('for good?').waitFor()
    await page.getByRole('button', { name: 'Revoke for good' }).click()
    await page.getByTestId('device-history').getByText('Revoked', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Put on record' }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('chooses someone’s areas by name, and gives a link back in', async () => {
    await open('/admin/people')
    await page.getByRole('button', { name: 'Change: Asha Devi' }).last().click()
    const picker = page.getByRole('article').getByTestId('area-picker')
    await picker.getByRole('combobox').fill('gay')
    await page.getByRole('option', { name: /Gaya/ }).waitFor()
    await picker.getByRole('combobox').press('Enter')
    await picker.getByRole('button', { name: 'Take Patna away' }).press('Enter')
    await picker.getByRole('button', { name: 'Take Gaya away' }).waitFor()
    await page.getByRole('button', { name: 'Save: Asha Devi' }).click()
    await page.getByText(/official:\w{4}.*· Gaya/).waitFor()
    await page.getByRole('button', { name: 'Link back in: Asha Devi' }).last().click()
    await page.getByTestId('one-time-link').waitFor()
    expect(complaints).toEqual([])
  })

  it('looks at a file before enrolling from it, line by line', async () => {
    const { device_id, public_key } = new TestDevice('from a file').facts
    const head = 'device_id,public_key,stage,customers_served,latitude,longitude'
    const good = `${device_id},${public_key},street,12,25.6,85.02`
    const other = new TestDevice('from a file as well').facts
    const another = `${other.device_id},${other.public_key},street,12,25.6,85.03`
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
    await input.setInputFiles(file([]))
    await page.getByText('names the columns but no sensor').waitFor()
    const buffer = Buffer.from(`area_id,${head}\n,${good}\nnowhere,${another}`)
    await input.setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer })
    await page.getByRole('button', { name: 'Enrol all' }).click()
    await page.getByText('In the file: line 3').waitFor()
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')])
    await input.setInputFiles(file([good]))
    await page.getByRole('button', { name: 'Enrol all' }).click()
    await page.getByText('One sensor is new').waitFor()
  })

  it('adds an area, and leaves alone one whose id it gives by mistake', async () => {
    await open('/admin/areas')
    await page.getByText('Add an area').click()
    await page.getByLabel('Id', { exact: true }).fill('in-br-gaya')
    await page.getByLabel('Name', { exact: true }).fill('Nalanda')
    await page.getByLabel('Kind').fill('district')
    const geometry = {
      type: 'Polygon',
      coordinates: [
        [
          [85, 25],
          [85.1, 25],
          [85.1, 25.1],
          [85, 25],
        ],
      ],
    }
    const buffer = Buffer.from(JSON.stringify(geometry))
    const file = page.locator('input[name=outline]')
    await file.setInputFiles({ name: 'a.geojson', mimeType: 'application/geo+json', buffer })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('There is an area with this id already').waitFor()
    expect(complaints.splice(0)).toEqual([expect.stringContaining('412')])
    await page.getByLabel('Id', { exact: true }).fill('in-br-nalanda')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Nalanda (in-br-nalanda) is stored, with the outline').waitFor()
    expect(await file.inputValue()).toBe('')
    const listed = page.getByTestId('areas').getByRole('listitem')
    await listed.filter({ hasText: 'Nalanda' }).waitFor()
    expect(await listed.filter({ hasText: 'in-br-gaya' }).textContent()).toContain('Gaya')
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
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
      const changing = page.locator('main form:not([role=search]) button[type=submit]')
      expect(await changing.count(), path).toBe(0)
      for (const testId of ['steps', 'enrolled'])
        expect(await page.getByTestId(testId).count(), path).toBe(0)
      expect(await page.locator('main [role=checkbox]').count(), path).toBe(0)
    }
    await open(`/admin/complaints/${ids.wire}`)
    await page.keyboard.press('r')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('is led on from the sign-in page, being signed in', async () => {
    await page.goto(`${scene.test.url}/sign-in?to=/admin/actions`)
    await page.waitForURL('**/admin/actions')
    expect(complaints).toEqual([])
  })

  it('ends a session of their own elsewhere', async () => {
    const elsewhere = new Visitor(scene.test.url)
    expect((await elsewhere.signIn('mina@example.org')).body.state).toBe('signed_in')
    await open('/account')
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await expect.poll(() => page.getByRole('button', { name: 'End', exact: true }).count()).toBe(0)
    expect((await elsewhere.ask('GET', 'session')).body.state).toBe('signed_out')
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

/** Every page in both languages, themes and sizes. */
const LOOKS = [
  { language: '/hi', colorScheme: 'light', ...PHONE },
  { language: '', colorScheme: 'dark', ...DESK },
] as const
/** Pages looked at side by side. */
const LANES = 3

describe.each(LOOKS)('in $colorScheme, below "$language"', ({ language, ...look }) => {
  it('holds no barrier and no warning', async () => {
    const device = scene.devices[0]?.facts.device_id ?? ''
    const paths = [
      ...['', '/complaints', `/complaints/${ids.wire}`, '/devices', '/devices/enrol'],
      ...[`/devices/${device}`, '/areas', '/batches', '/ledger', '/people'],
    ]
    const context = await scene.browser.newContext({ serviceWorkers: 'block', ...look })
    await be(context, admin)
    const lane = async () => {
      const { page: shown, complaints: said } = await watchedIn(context)
      for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
        await shown.goto(`${scene.test.url}${language}/admin${path}`, { waitUntil: 'networkidle' })
        expect(await barriersOn(shown), path).toEqual([])
        const wide = await shown.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(wide, path).toBeLessThanOrEqual(0)
      }
      expect(said).toEqual([])
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    await context.close()
  })
})
