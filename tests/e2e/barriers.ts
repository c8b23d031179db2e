import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const PICTURES = fileURLToPath(new URL('screenshots', import.meta.url))

/**
 * What axe finds on a page as it stands: rule and places, one text each; a picture of the page is kept beside. Our pages hold no
 * frames, so nothing has to be put together in a window of its own, which took a third of the time.
 */
export async function barriersOn(page: Page): Promise<string[]> {
  await page.screenshot({ path: join(PICTURES, await pictureName(page)) })
  const axe = new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true)
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** "hi-batches-390-dark.png": address, width and colours. */
async function pictureName(page: Page): Promise<string> {
  const address = new URL(page.url()).pathname.replace(/\W+/g, '-').replace(/^-|-$/g, '')
  const colours = await page.evaluate(() =>
    matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
  )
  return `${address || 'map'}-${page.viewportSize()?.width ?? 0}-${colours}.png`
}
