import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { watchedPage } from './scene.ts'
import { expectOpen, LOOKS } from './supply-looks.ts'
import { CITY, EMPTY, startSupplyScene, WARD, type SupplyScene } from './supply-scene.ts'

describe('the pages of areas', () => {
  let scene: SupplyScene
  let page: Page
  beforeAll(async () => {
    scene = await startSupplyScene()
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page } = await watchedPage(scene.browser))
    return () => page.context().close()
  })
  const open = async (path: string) => {
    await page.goto(`${scene.url}${path}`)
    await page.locator('[data-live=live]').waitFor()
  }

  it('lead from the tree to a ward, and back by the places it lies in', async () => {
    await open('/areas')
    const ward = page.getByTestId('tree').locator(`[data-area=${WARD}]`)
    expect(await ward.innerText()).toContain('1 of 3 sensors reports no mains')
    await ward.click()
    await page.getByRole('heading', { level: 1, name: 'Kankarbagh' }).waitFor()
    await page.getByRole('navigation', { name: 'Where this area lies' }).getByText('Patna').click()
    await page.getByRole('heading', { level: 1, name: 'Patna' }).waitFor()
  })

  it('find an area by name, by keyboard alone, in an address that can be shared', async () => {
    await open('/areas')
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('kankar')
    await page.getByText('1 area found').waitFor()
    await page.waitForURL(/search=kankar/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Kankarbagh' }).waitFor()
  })

  it('say what is now in words, and since when', async () => {
    await open(`/areas/${WARD}`)
    const now = await page.getByTestId('now').innerText()
    expect(now).toMatch(/1 of 3 sensors reports no mains, since \d\d:\d\d/)
    expect(now).toContain('14 of 75 watched customers off')
  })

  it('show every figure with its coverage, and a figure that is unknown with its reason', async () => {
    await open(`/areas/${WARD}?period=year`)
    const figures = page.getByTestId('figures')
    for (const name of ['saifi', 'saidi', 'caidi', 'maifi', 'asai'])
      expect(await figures.locator(`[data-figure=${name}]`).innerText()).toMatch(/heard \d+%/)
    await open(`/areas/${EMPTY}`)
    expect(await page.getByTestId('served-days').count()).toBe(0)
    const saidi = await page.locator('[data-figure=saidi]').innerText()
    expect(saidi).toContain('unknown: no sensor was in service')
    expect(saidi).not.toMatch(/\b0\b/)
    expect(await page.getByTestId('now').innerText()).toContain('nothing is known')
  })

  it('say over which time figures were measured, where that is not the whole period', async () => {
    await open(`/areas/${WARD}?period=year`)
    expect(await page.getByTestId('served-days').innerText()).toMatch(
      /^Sensors were in service here on 7 of these 3\d\d days, from \d+ \w+ \d{4} on\. .*too little/,
    )
    expect(await page.locator('[data-measured=customerMinutesOff]').innerText()).toMatch(/[1-9]/)
    for (const name of ['saifi', 'saidi', 'maifi'])
      expect(await page.locator(`[data-figure=${name}]`).innerText()).toContain('too short a time')
  })

  it('tell in the calendar how long each day was without power', async () => {
    await open(`/areas/${WARD}?period=year`)
    const day = scene.past.started_at.slice(0, 10)
    expect(await page.locator(`[data-day="${day}"]`).innerText()).toMatch(/\d+ h \d\d min|\d+ min/)
  })

  it('switch the period in the address', async () => {
    await open(`/areas/${WARD}`)
    await page.getByRole('link', { name: 'Last month' }).click()
    await page.waitForURL(/period=last-month/)
    await page.locator('[data-figure=saidi]').getByText('no sensor was in service').waitFor()
  })

  it('list outages, those that go on first, and lead to one', async () => {
    await open(`/areas/${CITY}`)
    const first = page.getByTestId('outages').getByRole('link').first()
    expect(await first.innerText()).toContain('Goes on')
    await first.click()
    await page.getByRole('heading', { level: 1, name: 'Outage in Kankarbagh' }).waitFor()
  })

  it('offer files that are there, and the command that recomputes the figures', async () => {
    await open(`/areas/${WARD}`)
    for (const name of [/Atom/, /iCalendar/, /CSV/, /GeoJSON/]) {
      const href = await page.getByRole('link', { name }).getAttribute('href')
      expect((await fetch(`${scene.url}${href}`)).status, String(name)).toBe(200)
    }
    expect(await page.getByTestId('command').innerText()).toMatch(
      new RegExp(
        `^gridwitness audit --area ${WARD} [^]*--contract 0x[^]*--heartbeat 60 [^]*--compare`,
      ),
    )
  })

  it('offer another try where the figures do not come', async () => {
    await open('/areas')
    await page.route('**/reliability?*', (route) => route.abort())
    await page.getByTestId('tree').locator(`[data-area=${WARD}]`).click()
    const trouble = page.getByRole('alert')
    await trouble.waitFor()
    await page.unroute('**/reliability?*')
    await trouble.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[data-figure=saidi]').waitFor()
  })

  it('say calmly that there is no such area', async () => {
    const answer = await page.goto(`${scene.url}/areas/nowhere`)
    expect(answer?.status()).toBe(404)
  })

  for (const look of LOOKS)
    it(`open without a barrier ${look.name}`, async () => {
      for (const path of ['/areas', `/areas/${CITY}`, `/areas/${WARD}?period=year`])
        await expectOpen(scene, path, look)
    })
})
