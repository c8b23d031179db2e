import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get } from '../portal.ts'
import { barriersOn } from './barriers.ts'
import { startScene, watchedPage, type Scene } from './scene.ts'

const SCREENS = {
  phone: { viewport: { width: 360, height: 780 }, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
}
const PAGES = ['/about', '/about/trust', '/open-data', '/docs/api', '/privacy', '/accessibility']
const LOOKS = [
  { screen: 'phone', colorScheme: 'light', prefix: '/hi' },
  { screen: 'desktop', colorScheme: 'dark', prefix: '' },
] as const

describe('the pages about the portal', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await startScene()
  })
  afterAll(() => scene?.stop())

  for (const { screen, colorScheme, prefix } of LOOKS) {
    it.each(PAGES)(`are without a barrier or a complaint: ${prefix}%s, ${screen}`, async (path) => {
      const { page, complaints } = await watchedPage(scene.browser, {
        ...SCREENS[screen],
        colorScheme,
      })
      await page.goto(`${scene.test.url}${prefix}${path}`, { waitUntil: 'load' })
      await page.locator('h1').waitFor()
      expect(await barriersOn(page)).toEqual([])
      const isTooWide = () =>
        document.documentElement.scrollWidth > document.documentElement.clientWidth
      expect(await page.evaluate(isTooWide)).toBe(false)
      expect(complaints).toEqual([])
      await page.context().close()
    })
  }

  it('are reached from the foot of every page, and lead to each other', async () => {
    const { page } = await watchedPage(scene.browser, SCREENS.phone)
    await page.goto(`${scene.test.url}/batches`, { waitUntil: 'networkidle' })
    const foot = page.getByRole('contentinfo')
    expect(await foot.getByRole('link', { name: 'For officials' }).getAttribute('href')).toBe(
      '/sign-in',
    )
    for (const name of ['About', 'Open data', 'API', 'Privacy', 'Accessibility'])
      expect(await foot.getByRole('link', { name, exact: true }).count(), name).toBe(1)
    await foot.getByRole('link', { name: 'Why trust it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Why you need not trust us' }).waitFor()
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(8)
    await page.context().close()
  })

  it('give commands that name the contract of this very portal', async () => {
    const { body } = await get<{ contract: string }>(scene.test.url, '/api/v1/ledger')
    const { page } = await watchedPage(scene.browser, SCREENS.desktop)
    await page.goto(`${scene.test.url}/about/trust`)
    const commands = await page.locator('pre').allInnerTexts()
    expect(commands.filter((text) => text.includes(body.contract))).toHaveLength(4)
    await page.context().close()
  })

  it('tell the API by keyboard alone', async () => {
    const { page } = await watchedPage(scene.browser, SCREENS.desktop)
    await page.goto(`${scene.test.url}/docs/api`, { waitUntil: 'networkidle' })
    const summary = page.locator('#listOutages > summary')
    await summary.focus()
    await page.keyboard.press('Enter')
    await page
      .locator('#listOutages')
      .getByText(`curl '${scene.test.url}/api/v1/outages'`)
      .waitFor()
    const shape = page.locator('#listOutages').getByRole('link', { name: 'Outages' }).first()
    await shape.focus()
    await page.keyboard.press('Enter')
    await page.locator('#shape-Outages[open]').waitFor()
    // What is for administrators alone is folded until an address points into it.
    await expect.poll(() => page.locator('#listPeople').isVisible()).toBe(false)
    await page.evaluate(() => (location.hash = '#listPeople'))
    await page.locator('#listPeople[open]').getByText('Accounts and open invitations').waitFor()
    await page.context().close()
  })

  it('offer downloads that are there', async () => {
    const { page } = await watchedPage(scene.browser, SCREENS.desktop)
    await page.goto(`${scene.test.url}/open-data`)
    const links = await page
      .locator('main li a')
      .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
    expect(links).toContain('/outages.csv')
    for (const path of links.filter((href) => !href.includes('/events')))
      expect((await fetch(`${scene.test.url}${path}`)).status, path).toBe(200)
    await page.context().close()
  })
})
