import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barriersOn } from './barriers.ts'
import { finalBatch, proofText, startScene, watchedPage, type Scene } from './scene.ts'

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } },
}

/** Each screen and colour once; Hindi is looked at where it is tightest and where it is widest. */
const LOOKS = [
  { screen: 'phone', colorScheme: 'light', prefix: '' },
  { screen: 'phone', colorScheme: 'dark', prefix: '/hi' },
  { screen: 'desktop', colorScheme: 'light', prefix: '/hi' },
  { screen: 'desktop', colorScheme: 'dark', prefix: '' },
] as const

describe('every page, on a phone and on a desk, light and dark, in both languages', () => {
  let scene: Scene
  let paths: Record<string, { path: string; ready: string }>
  beforeAll(async () => {
    scene = await startScene()
    const [first, ...others] = scene.devices
    if (!first) throw new Error('expected a device')
    for (const device of others) await scene.report(device)
    const leafHash = await scene.report(first, { power_status: 'OFF', reason: 'change' })
    await proofText(scene.test.url, leafHash)
    const { area_id, number } = await finalBatch(scene)
    paths = {
      map: { path: '/', ready: '[aria-busy=false] .outage-map canvas' },
      batches: { path: '/batches', ready: '[data-live=live]' },
      batch: { path: `/batches/${area_id}/${number}`, ready: '[data-live=live]' },
      verify: { path: `/verify?leaf=${leafHash}`, ready: '[data-verdict=proved]' },
      missing: { path: '/batches/nowhere/1', ready: 'h1' },
    }
  })
  afterAll(() => scene?.stop())

  for (const { screen, colorScheme, prefix } of LOOKS) {
    for (const name of ['map', 'batches', 'batch', 'verify', 'missing']) {
      const look = `${name}-${screen}-${colorScheme}${prefix.replace('/', '-')}`
      it(`${look}, without a barrier or a complaint`, async () => {
        const { path, ready } = paths[name] ?? { path: '/', ready: 'body' }
        const options = { ...SCREENS[screen], colorScheme }
        const { page, complaints } = await watchedPage(scene.browser, options)
        const address = `${prefix}${path}`.replace(/(.)\/$/, '$1')
        await page.goto(`${scene.test.url}${address}`, { waitUntil: 'load' })
        await page.locator(ready).first().waitFor()
        expect(await barriersOn(page)).toEqual([])
        expect(await scrollsSideways(page)).toBe(false)
        expect(complaints.filter((text) => !(name === 'missing' && text.includes('404')))).toEqual(
          [],
        )
        await page.context().close()
      })
    }
  }
})

const scrollsSideways = (page: { evaluate: (script: () => boolean) => Promise<boolean> }) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
