import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { asAdmin, send, startTestPortal, type TestPortal } from '../portal.ts'
import { launchBrowser } from './browser.ts'
import { watchedPage } from './scene.ts'

/** Breaks out of an attribute, of a title and of a script, wherever it is written unescaped. */
const NASTY = `"><script>hacked='tag'</script><img src=x onerror="hacked='attribute'"></script>`
const AREA = 'nasty'

const TILE = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')

declare global {
  var hacked: string | undefined
}

describe('the content policy of pages', () => {
  let test: TestPortal
  let browser: Browser
  beforeAll(async () => {
    test = await startTestPortal({
      NUXT_PUBLIC_SITE_URL: 'https://portal.example',
      NUXT_PUBLIC_TILE_URL: 'https://{s}.tiles.example/{z}/{x}/{y}.png',
      NUXT_PUBLIC_NOTICE: NASTY,
    })
    const area = { name: NASTY, kind: 'district', parent_id: null, geometry: null }
    const { status } = await send(test.url, 'PUT', `/api/v1/admin/areas/${AREA}`, area, asAdmin)
    expect(status).toBe(200)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await test?.stop()
  })

  const headersOf = async (path: string) => {
    const response = await fetch(test.url + path, { headers: { accept: 'text/html' } })
    const text = await response.text()
    return { headers: response.headers, text }
  }

  it.each([
    '/',
    '/verify',
    '/hi/offline',
    '/sign-in',
    `/areas/${AREA}`,
    '/batches/nowhere/1',
    '/no-such-page',
  ])('of %s lets scripts run by a number used once, and nobody frame it', async (path) => {
    const { headers, text } = await headersOf(path)
    const policy = headers.get('content-security-policy') ?? ''
    const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? []
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("connect-src 'self';")
    expect(policy).toContain("img-src 'self' data: blob: https://*.tiles.example")
    expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|https?:|\*)/)
    const tags = text.replaceAll(/="[^"]*<[^"]*"/g, '=""')
    const bare = [...tags.matchAll(/<script(?![^>]*\snonce=)([^>]*)>/g)]
    expect(bare.map(([tag]) => tag)).toEqual([])
    const again = (await headersOf(path)).headers.get('content-security-policy')
    expect(again).not.toContain(nonce)
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}$/)
    expect(headers.get('permissions-policy')).toContain('geolocation=(self)')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('is another for what is no page, which may do nothing where it is opened', async () => {
    const [asset = ''] = /\/_nuxt\/[\w-]+\.js/.exec((await headersOf('/')).text) ?? []
    const script = (await headersOf(asset)).headers
    expect(script.get('content-security-policy')).toContain("script-src 'self'")
    for (const path of ['/api/v1/areas', '/outages.csv', '/ipfs/none', '/health', asset]) {
      const { headers } = await headersOf(path)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin')
      if (path !== asset) expect(headers.get('content-security-policy'), path).toMatch(/; sandbox$/)
    }
  })

  it('keeps what someone wrote into a name from running, and lets through what a page needs', async () => {
    const { page, complaints } = await watchedPage(browser)
    await page.route(/tiles\.example/, (route) =>
      route.fulfill({ contentType: 'image/gif', body: TILE }),
    )
    for (const path of [`/areas/${AREA}`, '/']) {
      await page.goto(test.url + path, { waitUntil: 'load' })
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      expect(await page.evaluate(() => globalThis.hacked)).toBeUndefined()
    }
    expect(complaints).toEqual([])
    expect(await whatRuns(page)).toEqual([])
    await page.context().close()
  })

  /** Ways of whoever can write into a page already; each says its name where it gets through. */
  const whatRuns = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      const ran: string[] = []
      Object.assign(globalThis, { ran })
      const script = document.createElement('script')
      script.textContent = "ran.push('inline script')"
      document.body.append(script)
      const frame = document.createElement('iframe')
      frame.srcdoc = "<script>parent.ran.push('frame')</script>"
      document.body.append(frame)
      document.body.insertAdjacentHTML(
        'beforeend',
        '<img src="/none.png" onerror="ran.push(\'handler\')">',
      )
      const link = document.createElement('a')
      link.href = "javascript:ran.push('link')"
      link.click()
      // Evaluated later: what a debugger evaluates itself is let through.
      setTimeout("ran.push('text')", 0)
      await fetch('https://elsewhere.example/').then(
        () => ran.push('fetch'),
        () => undefined,
      )
      await new Promise((resolve) => setTimeout(resolve, 200))
      return ran
    })
})
