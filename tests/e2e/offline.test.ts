import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { startScene, type Scene } from './scene.ts'

describe('the portal without network', () => {
  let scene: Scene
  let page: Page
  beforeAll(async () => {
    scene = await startScene()
    for (const device of scene.devices) await scene.report(device)
    const context = await scene.browser.newContext({ viewport: { width: 390, height: 844 } })
    page = await context.newPage()
  })
  afterAll(() => scene?.stop())

  const cachedPaths = () =>
    page.evaluate(async () => {
      const names = await caches.keys()
      const requests = await Promise.all(
        names.map(async (name) => (await caches.open(name)).keys()),
      )
      return requests
        .flat()
        .map(({ url }) => new URL(url))
        .map(({ pathname, search }) => pathname + search)
    })

  it('can be installed, in both languages', async () => {
    for (const prefix of ['', '/hi']) {
      await page.goto(`${scene.test.url}${prefix}/about`)
      const href = await page.locator('link[rel=manifest]').getAttribute('href')
      const response = await fetch(`${scene.test.url}${href}`)
      expect(response.headers.get('content-type')).toContain('application/manifest+json')
      const manifest = await response.json()
      expect(manifest).toMatchObject({ scope: '/', display: 'standalone' })
      expect(manifest.start_url).toBe(prefix || '/')
      for (const { src } of manifest.icons)
        expect((await fetch(`${scene.test.url}${src}`)).status, src).toBe(200)
    }
  })

  it('keeps what was opened, and nothing of one person', async () => {
    await page.goto(scene.test.url, { waitUntil: 'networkidle' })
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await expect
      .poll(cachedPaths, { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/^\/api\/v1\/areas\b/))
    await expect.poll(cachedPaths, { timeout: 20_000 }).toContain('/')
    for (const path of ['/sign-in', '/complaints', '/complaints/new', '/batches'])
      await page.goto(`${scene.test.url}${path}`, { waitUntil: 'networkidle' })
    expect(await page.getByTestId('offline').count()).toBe(0)
    await expect.poll(cachedPaths).toContain('/batches')
    await expect.poll(cachedPaths).toContain('/complaints/new')
    const paths = await cachedPaths()
    expect(paths).toContain('/complaints')
    expect(paths.filter((path) => /sign-in|session|complaints\/(?!new$)|admin/.test(path))).toEqual(
      [],
    )
  })

  it('shows the map as it was last, and says of when', async () => {
    // Whoever emulates a lost network may forget the worker: here the portal is gone indeed.
    await scene.test.portal.stop()
    await page.goto(scene.test.url, { waitUntil: 'load' })
    await page.getByTestId('offline').waitFor()
    expect(await page.getByTestId('offline').innerText()).toMatch(
      /No connection\. This is what was known at \d\d:\d\d\./,
    )
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('[aria-busy=false] .outage-map canvas').waitFor()
    expect(await page.getByText('Patna').count()).toBeGreaterThan(0)
  })

  it('opens the form, for whatever place, and keeps what is written', async () => {
    await page.goto(`${scene.test.url}/complaints/new?area=in-br-patna`, { waitUntil: 'load' })
    await page.getByTestId('write-now').waitFor()
    await page.getByLabel(/Anything to add/).fill('Written in the dark')
    await page.reload({ waitUntil: 'load' })
    await page.getByTestId('write-now').waitFor()
    await expect
      .poll(() => page.getByLabel(/Anything to add/).inputValue())
      .toBe('Written in the dark')
    await page.goto(`${scene.test.url}/complaints`, { waitUntil: 'load' })
    await page.getByRole('heading', { level: 1, name: 'Complaints' }).waitFor()
  })

  it('says in the language of the address that there is nothing to show', async () => {
    await page.goto(`${scene.test.url}/hi/privacy`, { waitUntil: 'load' })
    await page.getByRole('heading', { level: 1, name: 'इंटरनेट से संपर्क नहीं है' }).waitFor()
  })
})
