import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { Batch, BatchRecord } from '../../shared/api/ledger.ts'
import { parseProofBundle } from '../../shared/proof/index.ts'
import { get } from '../portal.ts'
import { barriersOn } from './barriers.ts'
import { finalBatch, proofText, startScene, watchedPage, type Scene } from './scene.ts'

describe('the ledger pages', () => {
  let scene: Scene
  let batch: Batch
  let page: Page
  let complaints: string[]
  beforeAll(async () => {
    scene = await startScene()
    for (const device of scene.devices) await scene.report(device)
    batch = await finalBatch(scene)
  })
  afterAll(() => scene?.stop())
  beforeEach(async () => {
    ;({ page, complaints } = await watchedPage(scene.browser))
    return () => page.context().close()
  })

  const open = async (path: string) => {
    await page.goto(`${scene.test.url}${path}`)
    await page.locator('[data-live=live]').waitFor()
  }

  const proofOfFirst = async () => {
    const at = `/api/v1/batches/${batch.area_id}/${batch.number}/records?limit=1`
    const { body } = await get<{ items: BatchRecord[] }>(scene.test.url, at)
    const leafHash = body.items[0]?.leaf_hash ?? ''
    return parseProofBundle(await proofText(scene.test.url, leafHash))
  }

  it('list every batch with its state, root and transaction', async () => {
    await open('/batches')
    const row = page.getByRole('row').filter({ has: page.getByTitle(batch.root) })
    expect(await row.innerText()).toContain('Final')
    await row.getByTitle(batch.anchor?.transaction ?? 'no transaction').waitFor()
    expect(complaints).toEqual([])
  })

  it('narrow the list by area and state, in an address that can be shared', async () => {
    await open('/batches')
    await page.getByRole('combobox', { name: 'Area' }).click()
    await page.getByRole('option', { name: 'Gaya' }).click()
    await page.waitForURL(/area=in-br-gaya/)
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'Patna' }).count()).toBe(0)
    await open('/batches?area=in-br-patna&state=final')
    expect(await page.getByRole('combobox', { name: 'State' }).innerText()).toContain('Final')
    expect(await page.getByRole('row').filter({ hasText: 'Gaya' }).count()).toBe(0)
  })

  it('show a new batch as soon as it is sealed', async () => {
    await open('/batches?area=in-br-gaya')
    const rows = page.getByRole('row').filter({ hasText: 'Gaya' })
    const before = await rows.count()
    const device = scene.devices.find(({ facts }) => (facts.longitude ?? 0) > 85.5)
    if (!device) throw new Error('expected a device in Gaya')
    await scene.report(device)
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(before + 1)
  })

  it('tell the whole story of one batch', async () => {
    await open(`/batches/${batch.area_id}/${batch.number}`)
    expect(await page.getByTestId('timeline').innerText()).not.toContain('not yet')
    await page.getByTitle(batch.root).waitFor()
    const file = await page.getByRole('link', { name: /Download the file/ }).getAttribute('href')
    const text = await fetch(`${scene.test.url}${file}`).then((response) => response.text())
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ root: batch.root })
    const cid = await page
      .getByRole('link', { name: new URL(scene.test.url).host })
      .getAttribute('href')
    expect((await fetch(cid ?? '')).status).toBe(200)
    expect(complaints).toEqual([])
  })

  it('say when the next batch of an area is due, and how long the others took', async () => {
    const dueAt = new Date(Date.now() + 7 * 60_000 + 30_000).toISOString()
    const due = {
      as_of: new Date().toISOString(),
      items: [{ area_id: 'in-br-gaya', oldest_at: new Date().toISOString(), due_at: dueAt }],
    }
    await page.route('**/api/v1/ledger/due*', (route) => route.fulfill({ json: due }))
    await open('/batches?area=in-br-gaya')
    await page.getByRole('combobox', { name: 'Area' }).click()
    await page.getByRole('option', { name: 'All areas' }).click()
    const next = page.getByTestId('due')
    await next.getByText(/in 7:\d\d min/).waitFor()
    expect(await next.innerText()).toContain('Gaya')
    const row = page.getByRole('row').filter({ has: page.getByTitle(batch.root) })
    expect(await row.innerText()).toMatch(/\d s\b|\d min/)
  })

  it('draw the way from a record to the root, and say the same in a list, by keyboard alone', async () => {
    await open(`/batches/${batch.area_id}/${batch.number}`)
    const opener = page.getByRole('button', { name: 'Path of record 1 to the root' })
    await opener.focus()
    await page.keyboard.press('Enter')
    const path = page.getByTestId('path')
    await path.getByText('This is the root of the batch.').waitFor()
    expect(await opener.getAttribute('aria-expanded')).toBe('true')
    const proof = await proofOfFirst()
    const picture = path.getByRole('img', { name: /Picture of the path/ })
    for (const hash of [proof.leaf_hash, ...proof.path, proof.batch.root]) {
      expect(await picture.textContent()).toContain(hash.slice(0, 8))
      expect(await path.locator(`ol [title="${hash}"]`).count()).toBeGreaterThan(0)
    }
    await page.keyboard.press('Enter')
    await path.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  it.each([
    ['', 'light'],
    ['/hi', 'dark'],
  ] as const)(
    'draw that way without a barrier on a phone (%s, %s)',
    async (prefix, colorScheme) => {
      const phone = { viewport: { width: 360, height: 740 }, colorScheme }
      await page.context().close()
      ;({ page, complaints } = await watchedPage(scene.browser, phone))
      await open(`${prefix}/batches/${batch.area_id}/${batch.number}`)
      await page.getByTestId('records').locator('button[aria-expanded]').first().click()
      await page.getByTestId('path').getByRole('img').first().waitFor()
      expect(await barriersOn(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        360,
      )
      expect(complaints).toEqual([])
    },
  )

  it('say what each record says in Hindi too', async () => {
    await open(`/hi/batches/${batch.area_id}/${batch.number}`)
    const records = page.getByTestId('records')
    expect(await records.innerText()).toContain('सेंसर की घटना: पंजीकृत हुआ')
    expect(await records.locator('[lang=en]').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('lead from a record to its verification', async () => {
    await open(`/batches/${batch.area_id}/${batch.number}`)
    await page.getByRole('link', { name: 'Verify record 1' }).click()
    await page.locator('[data-verdict=proved]').waitFor()
  })

  it('say calmly that there is no such batch', async () => {
    const answer = await page.goto(`${scene.test.url}/batches/in-br-patna/999999`)
    expect(answer?.status()).toBe(404)
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  })
})
