import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { watchedPage } from './scene.ts'
import { expectOpen, LOOKS } from './supply-looks.ts'
import { startSupplyScene, WARD, type SupplyScene } from './supply-scene.ts'

describe('the pages of outages and sensors', () => {
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

  it('list what goes on before what is over, by day', async () => {
    await open('/outages')
    const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts()
    expect(headings[0]).toBe('Going on now')
    expect(headings.length).toBeGreaterThan(2)
  })

  it('narrow the list by area and state, in an address that can be shared', async () => {
    await open('/outages')
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Power is back' }).click()
    await page.waitForURL(/status=restored/)
    await expect.poll(() => page.getByText('Goes on').count()).toBe(0)
    await open(`/outages?area=${WARD}&status=ongoing`)
    expect(await page.getByTestId('outages').getByRole('link').count()).toBe(1)
  })

  it('tell in a sentence what happened', async () => {
    await open(`/outages/${scene.past.outage_id}`)
    const story = await page.getByTestId('story').innerText()
    expect(story).toMatch(/Power was lost: .*\. It was back: .*, after 1 h 30 min\./)
    expect(story).toContain('74 customers, measured by 2 sensors')
    expect(story).toContain('sustained')
  })

  it('draw the sensors, and hold the same in a table', async () => {
    await open(`/outages/${scene.past.outage_id}`)
    const chart = page.getByRole('figure').first()
    await chart.getByTestId('drawing').locator('svg').waitFor()
    await chart.getByText('Show as a table').click()
    expect(await chart.getByRole('row').count()).toBe(3)
    expect(await chart.getByRole('table').innerText()).toContain('1 h 30 min')
  })

  it('lead from each piece of evidence to its proof', async () => {
    await open(`/outages/${scene.past.outage_id}`)
    const evidence = page.getByTestId('evidence').getByRole('listitem')
    expect(await evidence.count()).toBe(6)
    await evidence.nth(1).locator('[data-state=anchored], [data-state=final]').waitFor()
    await evidence
      .nth(1)
      .getByRole('link', { name: /Check record/ })
      .click()
    await page.waitForURL(/verify\?leaf=/)
  })

  it('offer an alert for a large one alone', async () => {
    await open(`/outages/${scene.past.outage_id}`)
    const alert = await page.getByRole('link', { name: /CAP/ }).getAttribute('href')
    expect(await (await fetch(`${scene.url}${alert}`)).text()).toContain('<alert')
    await open(`/outages/${scene.ongoing.outage_id}`)
    expect(await page.getByRole('link', { name: /CAP/ }).count()).toBe(0)
  })

  it('show a sensor with its days and its readings, by keyboard alone', async () => {
    await open(`/devices/${scene.transformer.facts.device_id}`)
    expect(await page.getByTestId('now').innerText()).toContain('Reports mains')
    await page.locator('summary', { hasText: 'Show as a table' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: '1 h 30 min' }).waitFor()
    await page.getByRole('link', { name: '30 days' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/range=30/)
    expect(await page.getByTestId('readings').getByRole('listitem').count()).toBe(20)
  })

  it('say of a home that its place is not public, and show where it contradicted itself', async () => {
    await open(`/devices/${scene.home.facts.device_id}`)
    await page.getByText('Not public, as it is somebody’s home').waitFor()
    const twice = await page.getByTestId('equivocations').innerText()
    expect(twice).toContain('Mains on')
    expect(twice).toContain('No mains')
  })

  it('say calmly that there is no such outage and no such sensor', async () => {
    for (const path of ['/outages/nowhere', `/devices/${'0'.repeat(18)}`]) {
      const answer = await page.goto(`${scene.url}${path}`)
      expect(answer?.status()).toBe(404)
    }
  })

  for (const look of LOOKS)
    it(`open without a barrier ${look.name}`, async () => {
      for (const path of [
        '/outages',
        `/outages/${scene.past.outage_id}`,
        `/outages/${scene.ongoing.outage_id}`,
        `/devices/${scene.home.facts.device_id}`,
      ])
        await expectOpen(scene, path, look)
    })
})
