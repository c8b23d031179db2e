import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { Outage } from '../../shared/api/outages.ts'
import { startStack } from '../../stack/start.ts'
import type { TestDevice } from '../device.ts'
import { CITY, HEARTBEAT_MINUTES, liveThePast } from '../lived-past.ts'
import { eventually, get, startReadyPortal, testEnvironment } from '../portal.ts'
import { launchBrowser } from './browser.ts'

export { CITY, EMPTY, WARD } from '../lived-past.ts'

/** A portal with six days behind it: a city with two wards, three sensors in one of them, outages over and going on. */
export interface SupplyScene {
  url: string
  browser: Browser
  /** At the transformer, at the street box and in a home. */
  transformer: TestDevice
  street: TestDevice
  home: TestDevice
  /** Five hours ago, of an hour and a half, at two sensors. */
  past: Outage
  /** Begun forty minutes ago, at the street box. */
  ongoing: Outage
  stop(): Promise<void>
}

export async function startSupplyScene(): Promise<SupplyScene> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-supply-'))
  const stack = await startStack({ dir })
  const devices = await liveThePast(stack)
  const portal = await startReadyPortal(
    testEnvironment(stack, {
      NUXT_HEARTBEAT_MINUTES: String(HEARTBEAT_MINUTES),
      NUXT_PUBLIC_TILE_URL: '',
      NUXT_ALERT_CUSTOMERS: '60',
    }),
  )
  const outages = await eventually('three outages', async () => {
    const { body } = await get<{ items: Outage[] }>(portal.url, `/api/v1/outages?area_id=${CITY}`)
    return body.items.length >= 3 && body.items
  })
  const past = outages.find(({ devices }) => devices === 2)
  const ongoing = outages.find(({ status }) => status === 'ongoing')
  if (!past || !ongoing) throw new Error('expected an outage over and one that goes on')
  const browser = await launchBrowser()
  return {
    url: portal.url,
    browser,
    ...devices,
    past,
    ongoing,
    async stop() {
      await browser.close()
      await portal.stop()
      await stack.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
