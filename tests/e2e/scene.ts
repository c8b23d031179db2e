import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Batch } from '../../shared/api/ledger.ts'
import type { Acceptance } from '../../shared/api/readings.ts'
import type { UnsignedReading } from '../../shared/reading/index.ts'
import { TestDevice } from '../device.ts'
import {
  asAdmin,
  enrol,
  eventually,
  get,
  mine,
  send,
  startTestPortal,
  type TestPortal,
} from '../portal.ts'
import { launchBrowser } from './browser.ts'

export const NOTICE = 'Replay of real outages, simulated sensors'
export const NOTICE_HI = 'असली बिजली कटौतियों के आँकड़े, कृत्रिम सेंसर'
const SITES = [
  { areaId: 'in-br-patna', name: 'Patna', west: 84.9, latitude: 25.6, count: 4 },
  { areaId: 'in-br-gaya', name: 'Gaya', west: 85.5, latitude: 25.5, count: 2 },
] as const
const AREA_WIDTH = 0.5
const SOUTH = 25.3
const NORTH = 25.9

/** A portal with two areas and six sensors on a real stack, and a browser to look at it. */
export interface Scene {
  test: TestPortal
  browser: Browser
  devices: TestDevice[]
  /** Hands in a signed reading; answers its leaf hash. */
  report(device: TestDevice, members?: Partial<UnsignedReading>): Promise<string>
  stop(): Promise<void>
}

export async function startScene(env: Record<string, string> = {}): Promise<Scene> {
  const test = await startTestPortal({
    NUXT_PUBLIC_NOTICE: NOTICE,
    NUXT_PUBLIC_NOTICE_HI: NOTICE_HI,
    NUXT_PUBLIC_MAP_CENTER: '25.6,85.45',
    NUXT_PUBLIC_MAP_ZOOM: '9',
    NUXT_PUBLIC_TILE_URL: '',
    ...env,
  })
  const devices: TestDevice[] = []
  try {
    for (const site of SITES) {
      const placed = Array.from(
        { length: site.count },
        (_, index) =>
          new TestDevice(`${site.areaId} ${index}`, {
            latitude: site.latitude,
            longitude: Math.round((site.west + 0.1 * (index + 1)) * 1e6) / 1e6,
          }),
      )
      await enrol(test.url, site.areaId, placed)
      await drawArea(test.url, site)
      devices.push(...placed)
    }
    const browser = await launchBrowser()
    return {
      test,
      browser,
      devices,
      report: (device, members) => report(test.url, device, members),
      async stop() {
        await browser.close()
        await test.stop()
      },
    }
  } catch (error) {
    await test.stop()
    throw error
  }
}

async function drawArea(url: string, { areaId, name, west }: (typeof SITES)[number]) {
  const east = west + AREA_WIDTH
  const ring = [
    [west, SOUTH],
    [east, SOUTH],
    [east, NORTH],
    [west, NORTH],
    [west, SOUTH],
  ]
  const body = {
    name,
    kind: 'district',
    parent_id: null,
    geometry: { type: 'Polygon', coordinates: [ring] },
  }
  const { status } = await send(url, 'PUT', `/api/v1/admin/areas/${areaId}`, body, asAdmin)
  if (status >= 300) throw new Error(`area ${areaId}: expected it stored, got ${status}`)
}

async function report(
  url: string,
  device: TestDevice,
  members: Partial<UnsignedReading> = {},
): Promise<string> {
  const { body } = await send<Acceptance>(url, 'POST', '/api/v1/readings', device.read(members))
  if (body.status === 'rejected') throw new Error(`${body.code}: ${body.detail}`)
  return body.leaf_hash
}

/** The proof of a record as the portal hands it out, once it is anchored. */
export const proofText = (url: string, leafHash: string): Promise<string> =>
  eventually('a proof', async () => {
    const response = await fetch(`${url}/api/v1/records/${leafHash}/proof`)
    return response.ok && response.text()
  })

/** A batch in its last state. */
export async function finalBatch({ test }: Scene): Promise<Batch> {
  return eventually('a final batch', async () => {
    await mine(test.stack, 1)
    const { body } = await get<{ items: Batch[] }>(test.url, '/api/v1/batches?state=final')
    return body.items[0]
  })
}

export interface Watched {
  page: Page
  /** What the browser complained about: errors, warnings, failed hydration, broken requests. */
  complaints: string[]
}

/** What is said of the setting below, by the one who made it. */
const WORKER_BLOCKED = 'Service Worker registration blocked by Playwright'

/** A page that notes every complaint of the browser. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  // A service worker would ask the network itself, past what a test puts in the way.
  return watchedIn(await browser.newContext({ serviceWorkers: 'block', ...options }))
}

/** Another page of a context, which shares what its browser has loaded already. */
export async function watchedIn(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.text() === WORKER_BLOCKED) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints }
}

/**
 * Opens an address and waits until its page can be used: its scripts run and what it asked for to be rendered is there. Quicker
 * than a network that is idle; what a page asks for afterwards is waited for by what it shows.
 */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForFunction(() => {
    const useApp: unknown = Reflect.get(window, 'useNuxtApp')
    return typeof useApp === 'function' && useApp().isHydrating === false
  })
}
