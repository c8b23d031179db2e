import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { finalBatch, NOTICE_HI, proofText, startScene, watchedPage, type Scene } from './scene.ts'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }
const DEVANAGARI = /[\u0900-\u097f]{3}/

describe('the language of the pages', () => {
  let scene: Scene
  let batchPath: string
  let verifyPath: string
  beforeAll(async () => {
    scene = await startScene()
    const [device] = scene.devices
    if (!device) throw new Error('expected a device')
    const leafHash = await scene.report(device, { power_status: 'OFF', reason: 'change' })
    await proofText(scene.test.url, leafHash)
    const { area_id, number } = await finalBatch(scene)
    batchPath = `/batches/${area_id}/${number}`
    verifyPath = `/verify?leaf=${leafHash}`
  })
  afterAll(() => scene?.stop())

  let page: Page
  let complaints: string[]
  beforeEach(async () => {
    ;({ page, complaints } = await watchedPage(scene.browser))
    return () => page.context().close()
  })
  const open = (path: string) => page.goto(`${scene.test.url}${path}`, { waitUntil: 'networkidle' })
  const language = () => page.evaluate(() => document.documentElement.lang)
  const switchTo = (name: string) => page.getByTestId('language').filter({ hasText: name }).click()

  it.each([
    ['the map', () => '/hi', '[data-live=live]'],
    ['the ledger', () => '/hi/batches', '[data-live=live]'],
    ['a batch', () => `/hi${batchPath}`, '[data-live=live]'],
    ['a verification', () => `/hi${verifyPath}`, '[data-verdict=proved]'],
  ])('is Hindi throughout on %s, from the server and in the browser', async (_, path, ready) => {
    const sent = await fetch(`${scene.test.url}${path()}`).then((answer) => answer.text())
    expect(sent).toMatch(/<html[^>]* lang="hi"/)
    await page.goto(`${scene.test.url}${path()}`)
    await page.locator(ready).waitFor()
    expect(await language()).toBe('hi')
    expect(await page.title()).toMatch(DEVANAGARI)
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(DEVANAGARI)
    expect(await page.getByTestId('notice').innerText()).toBe(NOTICE_HI)
    expect(await englishWords(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  it('is Hindi on an error page too', async () => {
    const answer = await open('/hi/batches/nowhere/1')
    expect(answer?.status()).toBe(404)
    await page.getByRole('heading', { name: 'इस पते पर कुछ नहीं है' }).waitFor()
    expect(await language()).toBe('hi')
  })

  it('changes on the same page, its query included, and stays with every link', async () => {
    await open('/batches?state=final')
    await switchTo('हिन्दी')
    await page.waitForURL(/\/hi\/batches\?state=final$/)
    await page.getByRole('heading', { level: 1, name: 'सार्वजनिक बही' }).waitFor()
    expect(await language()).toBe('hi')
    await page.getByRole('navigation', { name: 'मुख्य' }).getByRole('link', { name: 'जाँचें' }).click()
    await page.waitForURL(/\/hi\/verify$/)
    await switchTo('English')
    await page.waitForURL(/[^i]\/verify$/)
    expect(await language()).toBe('en')
    expect(complaints).toEqual([])
  })

  it('is remembered and offered, never forced', async () => {
    await open('/')
    await switchTo('हिन्दी')
    await page.waitForURL(/\/hi(?:\?|$)/)
    await open('/verify')
    expect(new URL(page.url()).pathname).toBe('/verify')
    const offer = page.getByTestId('language-offer')
    await offer.getByRole('link', { name: 'हिन्दी में पढ़ें' }).click()
    await page.waitForURL(/\/hi\/verify$/)
    expect(await offer.count()).toBe(0)
  })

  it('is offered to a browser that asks for it, once', async () => {
    const { page: indian } = await watchedPage(scene.browser, { locale: 'hi-IN' })
    await indian.goto(scene.test.url)
    const offer = indian.getByTestId('language-offer')
    await offer.getByRole('button', { name: 'नहीं, धन्यवाद' }).click()
    await offer.waitFor({ state: 'detached' })
    await indian.reload({ waitUntil: 'networkidle' })
    expect(await offer.count()).toBe(0)
    await indian.context().close()
  })

  it('is told to search engines, with the address of the others', async () => {
    await open('/hi/batches?state=final')
    const link = (selector: string) => page.locator(`link${selector}`).getAttribute('href')
    const { url } = scene.test
    expect(await link('[rel=canonical]')).toBe(`${url}/hi/batches`)
    expect(await link('[hreflang=en]')).toBe(`${url}/batches`)
    expect(await link('[hreflang=hi]')).toBe(`${url}/hi/batches`)
    expect(await link('[hreflang=x-default]')).toBe(`${url}/batches`)
  })

  it('leaves the other catalogue unloaded', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await open('/hi')
    expect(asked.filter((url) => url.includes('messages.json'))).toEqual([
      expect.stringContaining('/hi/messages.json'),
    ])
  })

  it('does not change how the menu of a phone opens and closes', async () => {
    const { page: phone, complaints: found } = await watchedPage(scene.browser, PHONE)
    await phone.goto(`${scene.test.url}/hi`)
    await phone.locator('[data-live=live]').waitFor()
    const menu = phone.getByRole('button', { name: 'मेन्यू' })
    const links = phone.getByRole('navigation', { name: 'मुख्य' })
    expect(await links.isVisible()).toBe(false)
    await menu.tap()
    expect(await links.isVisible()).toBe(true)
    await phone.keyboard.press('Escape')
    expect(await links.isVisible()).toBe(false)
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true)
    await menu.tap()
    await links.getByRole('link', { name: 'बही' }).tap()
    await phone.waitForURL(/\/hi\/batches$/)
    await links.waitFor({ state: 'hidden' })
    expect(found).toEqual([])
    await phone.context().close()
  })
})

/** Lines in Latin script only that no `lang` declares English: what was left untranslated. */
const englishWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const KEPT = 'code, time, [lang=en], [title], .font-mono, .leaflet-control-attribution'
    const NAMES = /Gridwitness|Ethereum|IPFS|JSON-RPC|CID|Patna|Gaya|in-br-\w+|\.gwproof\.json/g
    const texts: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode
      if (!parentElement?.checkVisibility() || parentElement.closest(KEPT)) continue
      const text = (textContent ?? '').replaceAll(NAMES, '').trim()
      if (/[a-z]{3}/i.test(text) && !/[\u0900-\u097f]/.test(text)) texts.push(text)
    }
    return texts
  })
