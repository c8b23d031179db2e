import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import type { ComplaintSummary } from '../../shared/api/complaints.ts'
import { asAdmin, get, send as request } from '../portal.ts'
import { barriersOn } from './barriers.ts'
import { openPage, startScene, watchedIn, watchedPage, type Scene } from './scene.ts'

const PHONE = { viewport: { width: 360, height: 740 } }
const BLANK = 'about:blank'
const ALL = '/api/v1/complaints?limit=100'
interface Complaints {
  items: ComplaintSummary[]
}
const SCREENS = { phone: PHONE.viewport, desktop: { width: 1280, height: 900 } }
/** Each two of size, theme and language together at least once. */
const LOOKS = [
  { screen: 'phone', colorScheme: 'light', prefix: '' },
  { screen: 'phone', colorScheme: 'dark', prefix: '/hi' },
  { screen: 'desktop', colorScheme: 'light', prefix: '/hi' },
  { screen: 'desktop', colorScheme: 'dark', prefix: '' },
] as const

describe('the complaint pages', () => {
  let scene: Scene
  /** One phone for all: what a page needs is loaded once. What it keeps is cleared after each test. */
  let phone: BrowserContext
  let page: Page
  let complaints: string[]
  let place: string
  let shownId: string | null = null
  beforeAll(async () => {
    scene = await startScene()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    await scene.report(device, { power_status: 'OFF', reason: 'change' })
    place = `${device.facts.latitude}, ${device.facts.longitude}`
    phone = await scene.browser.newContext({ serviceWorkers: 'block', ...PHONE })
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page, complaints } = await watchedIn(phone))
    return async () => {
      if (page.url() !== BLANK) await page.evaluate(() => localStorage.clear())
      await page.close()
    }
  })

  const open = (path = '/complaints/new') => openPage(page, `${scene.test.url}${path}`)
  const typePlace = async () => {
    await page.getByRole('button', { name: 'Point at the map' }).click()
    const input = page.getByLabel('Latitude, longitude')
    await input.fill(place)
    await input.blur()
  }
  const begin = async () => {
    await open()
    await page.getByText('No electricity').click()
    await typePlace()
    await page.getByTestId('sensors').waitFor()
  }
  const act = async (id: string, body: object) => {
    const actions = `/api/v1/admin/complaints/${id}/actions`
    const { status } = await request(scene.test.url, 'POST', actions, body, asAdmin)
    expect(status).toBe(201)
  }
  const file = async (words: string) => {
    await begin()
    await send(words)
  }
  const send = async (words: string) => {
    await page.getByLabel(/Anything to add/).fill(words)
    await page.getByRole('button', { name: 'File the complaint' }).click()
    await page.getByTestId('secret-link').waitFor()
  }

  it('tell what sensors around say, take a complaint, and show it to its filer', async () => {
    await begin()
    expect(await page.getByTestId('sensors').innerText()).toMatch(/no power since/)
    await page.locator('input[type=file]').setInputFiles({
      name: 'lane.png',
      mimeType: 'image/png',
      buffer: await sharp({ create: { width: 9, height: 9, channels: 3, background: '#222' } })
        .png()
        .toBuffer(),
    })
    await send('Dark since the storm')
    await page.getByTestId('secret-link').click()
    await page.getByTestId('own').waitFor()
    await expect
      .poll(() => page.getByTestId('timeline').innerText())
      .toContain('Dark since the storm')
    await expect.poll(() => page.getByTestId('timeline').innerText()).toContain('Photo added')
    const width = () =>
      page.getByTestId('photo').evaluate((image: HTMLImageElement) => image.naturalWidth)
    await expect.poll(width).toBe(9)
    const { pathname } = new URL(page.url())
    const { page: other } = await watchedPage(scene.browser, PHONE)
    await other.goto(`${scene.test.url}${pathname}`, { waitUntil: 'networkidle' })
    expect(await other.getByTestId('timeline').innerText()).not.toContain('Dark since')
    expect(await other.getByTestId('photo').count()).toBe(0)
    await other.context().close()
    expect(complaints).toEqual([])
  })

  it('keep what was begun until it is sent', async () => {
    await begin()
    await page.getByLabel(/Anything to add/).fill('Half a sentence')
    await page.reload({ waitUntil: 'networkidle' })
    await expect.poll(() => page.getByLabel(/Anything to add/).inputValue()).toBe('Half a sentence')
    await expect.poll(() => page.getByTestId('chosen-place').innerText()).toContain(place)
    expect(complaints).toEqual([])
  })

  it('need no map: an area is found by name, and the address is said in words', async () => {
    await open()
    await page.getByText('Low voltage').click()
    await page.getByRole('combobox').fill('gay')
    await page.getByRole('option', { name: /Gaya/ }).click()
    expect(await page.getByTestId('chosen-place').innerText()).toContain('The middle of Gaya')
    await page.getByLabel(/Address or landmark/).fill('Behind the Shiva temple')
    expect(await page.locator('.leaflet-container').count()).toBe(0)
    await send('Lamps glow red')
    await page.getByTestId('secret-link').click()
    await page.getByTestId('own').waitFor()
    await expect
      .poll(() => page.getByTestId('timeline').innerText())
      .toContain('Behind the Shiva temple')
    expect(complaints).toEqual([])
  })

  it('can be filed by keyboard alone', async () => {
    await open('/complaints/new?area=in-br-gaya')
    await page.getByTestId('chosen-place').waitFor()
    await page.getByRole('radio').first().focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'File the complaint' }).focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('filed').waitFor()
    expect(await page.getByTestId('filed').evaluate((one) => one === document.activeElement)).toBe(
      true,
    )
    expect(complaints).toEqual([])
  })

  it('say what is missing instead of sending half', async () => {
    await open()
    await page.getByRole('button', { name: 'File the complaint' }).click()
    expect((await page.getByRole('alert').allInnerTexts()).join()).toMatch(
      /what is the matter[^]*Say where/,
    )
    const kinds = page.getByRole('radiogroup')
    expect(await kinds.getAttribute('aria-invalid')).toBe('true')
    expect(await kinds.evaluate((one) => one.contains(document.activeElement))).toBe(true)
    await page.getByText('Low voltage').click()
    await page.getByRole('button', { name: 'File the complaint' }).click()
    const place = page.getByRole('combobox')
    await expect.poll(() => place.evaluate((one) => one === document.activeElement)).toBe(true)
    expect(await place.getAttribute('aria-invalid')).toBe('true')
  })

  it('send nothing before their scripts run, and say so where none ever do', async () => {
    const context = await scene.browser.newContext({ javaScriptEnabled: false })
    const bare = await context.newPage()
    for (const path of ['/complaints/new', '/sign-in']) {
      await bare.goto(`${scene.test.url}${path}`)
      expect(await bare.locator('noscript').first().innerText()).toContain('needs JavaScript')
      expect(await bare.locator('noscript').first().isVisible(), path).toBe(true)
      expect(await bare.locator('button[type=submit]').isDisabled(), path).toBe(true)
      await bare.locator('form input:not([type=file], [type=radio])').last().fill('9876543210')
      await bare.keyboard.press('Enter')
      expect(bare.url()).toBe(`${scene.test.url}${path}`)
    }
    await bare.goto(scene.test.url)
    expect(await bare.locator('noscript').isVisible()).toBe(true)
    expect(await bare.getByText('Drawing the map').isVisible()).toBe(false)
    await context.close()
  })

  it('tell the filer its number, its link and when it is sealed, and know it again', async () => {
    await file('Dark again')
    const receipt = page.getByTestId('filed')
    const url = await page.getByTestId('secret-url').innerText()
    const id = new URL(url).pathname.split('/').at(-1) ?? ''
    expect(await receipt.innerText()).toContain(`Its number: ${id}`)
    expect(await receipt.innerText()).toMatch(/By .*\d\d:\d\d at the latest it is sealed/)
    await open('/complaints')
    const yours = page.locator(`li:has(a[href$="${id}"])`).getByTestId('yours')
    await yours.waitFor()
    const { page: other } = await watchedPage(scene.browser, PHONE)
    await other.goto(url.replace(/#.*/, ''), { waitUntil: 'networkidle' })
    await other.getByTestId('join').getByRole('button', { name: 'Mine too' }).click()
    await other.getByText('You have joined this complaint').waitFor()
    await other.getByText('2 people affected').waitFor()
    await other.getByTestId('own').waitFor()
    await other.context().close()
    await page.goto(url, { waitUntil: 'networkidle' })
    expect(await page.getByTestId('join').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('show the outlines of areas where there are no tiles, and take the place pointed at', async () => {
    await open()
    await page.getByRole('button', { name: 'Point at the map' }).click()
    await page.locator('.place-picker .outline').nth(1).waitFor({ state: 'attached' })
    await page.locator('.place-picker').click({ position: { x: 150, y: 150 } })
    expect(await page.getByTestId('chosen-place').innerText()).toContain('Chosen: 25.')
    expect(complaints).toEqual([])
  })

  it('take the place from their address', async () => {
    const [latitude, longitude] = place.split(', ')
    await open(`/complaints/new?lat=${latitude}&lon=${longitude}&area=in-br-patna`)
    await expect.poll(() => page.getByTestId('chosen-place').innerText()).toContain(place)
    await open('/complaints/new?area=in-br-patna')
    await expect
      .poll(() => page.getByTestId('chosen-place').innerText())
      .toContain('The middle of Patna')
  })

  it('say honestly that nothing was filed without a connection, and file when it is back', async () => {
    await begin()
    await page.getByLabel(/Anything to add/).fill('Written in the dark')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'File the complaint' }).click()
    await page.locator('[data-unsent=not_sent]').waitFor()
    expect(await page.locator('[data-unsent]').innerText()).toContain('Not filed yet')
    await page.context().setOffline(false)
    await page.getByTestId('secret-link').waitFor()
    await open()
    expect(await page.locator('[data-unsent]').count()).toBe(0)
    expect(await page.getByLabel(/Anything to add/).inputValue()).toBe('')
  })

  it('file once what got no answer, also when the page was closed in between', async () => {
    const count = async () => (await get<Complaints>(scene.test.url, ALL)).body.items.length
    const before = await count()
    await begin()
    await page.route('**/api/v1/complaints', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await page.getByRole('button', { name: 'File the complaint' }).click()
    await page.locator('[data-unsent=unknown]').waitFor()
    expect(await page.locator('[data-unsent]').innerText()).toContain('it is filed once')
    await page.getByRole('button', { name: 'Send it again' }).click()
    await page.locator('[data-unsent=unknown] button:not([disabled])').waitFor()
    await page.unroute('**/api/v1/complaints')
    await page.reload()
    await page.getByTestId('secret-link').waitFor()
    expect(await count()).toBe(before + 1)
  })

  it('follow what happens elsewhere', async () => {
    const { page: list, complaints: said } = await watchedPage(scene.browser, PHONE)
    await list.goto(`${scene.test.url}/complaints?area=in-br-patna&status=open`, {
      waitUntil: 'load',
    })
    await list.locator('[data-live=live]').waitFor()
    const links = list.getByTestId('complaints').getByRole('link')
    const before = await links.count()
    await file('Is anybody there')
    await expect.poll(() => links.count()).toBe(before + 1)
    await page.getByTestId('secret-link').click()
    await page.locator('[data-live=live]').waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await act(id, { action: 'acknowledge' })
    await page.locator('[data-status=acknowledged]').waitFor()
    await list.locator(`li:has(a[href$="${id}"]) [data-status=acknowledged]`).waitFor()
    expect([...said, ...complaints]).toEqual([])
    await list.context().close()
  })

  it('mark a false closing, and let the filer dispute it', async () => {
    await file('Still dark')
    await page.getByTestId('secret-link').click()
    await page.getByTestId('own').waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await act(id, { action: 'resolve' })
    await page.reload({ waitUntil: 'networkidle' })
    await page.getByTestId('contradicted').waitFor()
    const figures = page.getByTestId('figures')
    const before = await figures.innerText()
    await page.getByRole('button', { name: /Dispute/ }).click()
    await page.locator('[data-status=disputed]').waitFor()
    await expect.poll(() => figures.innerText()).not.toBe(before)
    expect(complaints).toEqual([])
  })

  it('keep what the list is narrowed to in the address', async () => {
    await open('/complaints')
    await page.getByRole('combobox').first().click()
    await page.getByRole('option', { name: 'Patna' }).click()
    await expect.poll(() => page.url()).toContain('area=in-br-patna')
    await page.getByTestId('figures').waitFor()
    await page.reload({ waitUntil: 'networkidle' })
    expect(await page.getByTestId('figures').innerText()).toContain('Patna')
    expect(complaints).toEqual([])
  })

  it('list complaints with the figures of an area, in both languages', async () => {
    await page.goto(`${scene.test.url}/complaints?area=in-br-patna`, { waitUntil: 'networkidle' })
    await page.getByTestId('complaints').waitFor()
    expect(await page.getByTestId('figures').innerText()).toContain('Patna')
    await page.goto(`${scene.test.url}/hi/complaints?area=in-br-patna`, {
      waitUntil: 'networkidle',
    })
    await page.getByText('बिजली नहीं है').first().waitFor()
    expect(complaints).toEqual([])
  })

  for (const { screen, colorScheme, prefix } of LOOKS) {
    it(`have no barrier: ${screen}, ${colorScheme}, below "${prefix}"`, async () => {
      const id = await filedByHand()
      const context = await scene.browser.newContext({
        serviceWorkers: 'block',
        viewport: SCREENS[screen],
        colorScheme,
      })
      const look = async (name: string, path: string) => {
        const { page: shown, complaints: said } = await watchedIn(context)
        await shown.goto(`${scene.test.url}${prefix}${path}`, { waitUntil: 'networkidle' })
        if (name === 'new') {
          await shown.getByTestId('sensors').waitFor()
          await shown.locator('button[aria-expanded]').last().click()
          await shown.locator('.place-picker .outline').first().waitFor({ state: 'attached' })
        }
        if (name === 'one') await shown.getByTestId('nearby').waitFor()
        expect(await barriersOn(shown), name).toEqual([])
        const isWide = () =>
          document.documentElement.scrollWidth > document.documentElement.clientWidth
        expect(await shown.evaluate(isWide), name).toBe(false)
        expect(said).toEqual([])
      }
      await Promise.all([
        look('list', '/complaints?area=in-br-patna'),
        look('new', '/complaints/new?lat=25.6&lon=85.0'),
        look('one', `/complaints/${id}`),
      ])
      await context.close()
    })
  }

  /** A complaint with a life: joined, assigned, closed too early. */
  const filedByHand = async (): Promise<string> => {
    if (shownId === null) {
      await file('For looking at')
      await page.getByTestId('secret-link').click()
      await page.getByTestId('own').waitFor()
      shownId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
      await act(shownId, { action: 'assign', team: 'line-crew-2' })
      await act(shownId, { action: 'resolve' })
    }
    return shownId
  }
})
