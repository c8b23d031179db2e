import { expect } from 'vitest'
import { barriersOn } from './barriers.ts'
import { watchedPage } from './scene.ts'
import type { SupplyScene } from './supply-scene.ts'

const PHONE = { viewport: { width: 360, height: 760 }, hasTouch: true }
const DESK = { viewport: { width: 1280, height: 900 } }

/** Each screen, colour and language once. */
export const LOOKS = [
  { name: 'on a phone, light', prefix: '', options: { ...PHONE, colorScheme: 'light' } },
  { name: 'on a desk, dark', prefix: '', options: { ...DESK, colorScheme: 'dark' } },
  { name: 'in Hindi on a phone, dark', prefix: '/hi', options: { ...PHONE, colorScheme: 'dark' } },
  { name: 'in Hindi on a desk, light', prefix: '/hi', options: { ...DESK, colorScheme: 'light' } },
] as const

/** Opens a page and expects no barrier, no complaint of the browser, and nothing beside the screen. */
export async function expectOpen(
  { browser, url }: SupplyScene,
  path: string,
  { prefix, options }: (typeof LOOKS)[number],
): Promise<void> {
  const { page, complaints } = await watchedPage(browser, options)
  try {
    await page.goto(`${url}${prefix}${path}`)
    await page.locator('[data-live=live]').waitFor()
    for (const drawing of await page.getByTestId('drawing').all())
      await drawing.locator('svg').first().waitFor()
    expect(await barriersOn(page)).toEqual([])
    const beside = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    expect(await page.evaluate(beside)).toBe(0)
    expect(complaints).toEqual([])
  } finally {
    await page.context().close()
  }
}
