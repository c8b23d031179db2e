import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What axe finds on a page as it stands: rule and places, one text each. Our pages hold no frames, so nothing has to be put together
 * in a window of its own, which took a third of the time.
 */
export async function barriersOn(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true)
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}
