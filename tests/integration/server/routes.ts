import { glob } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as h3 from 'h3'
import type { Deps } from '../../../server/services/deps.ts'
import { recentRefusals } from '../../../server/services/reading/recent-refusals.ts'
import { ADMIN_TOKEN } from '../../portal.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export interface Route {
  method: string
  /** As OpenAPI writes it: `/api/v1/areas/{areaId}`. */
  path: string
  file: string
}

/** Nitro's file routing: `[x]` is a parameter, `index` its folder, the word before `.ts` the method. */
export async function routesIn(folder = 'server/api'): Promise<Route[]> {
  const routes: Route[] = []
  for await (const file of glob('**/*.ts', { cwd: `${ROOT}${folder}` })) {
    const [, route, method] = /^(.+)\.(get|post|put|delete)\.ts$/.exec(file) ?? []
    if (route === undefined || method === undefined) continue
    const path = `/api/${route}`.replaceAll(/\[(\w+)\]/g, '{$1}').replace(/\/index$/, '')
    routes.push({ method: method.toUpperCase(), path, file: `${folder}/${file}` })
  }
  return routes
}

const load = (file: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ pathToFileURL(`${ROOT}${file}`).href)

/** What Nitro gives every server file without an import: h3, and all of `server/utils`. */
async function provideAutoImports(): Promise<void> {
  Object.assign(globalThis, h3, {
    useRuntimeConfig: () => ({ public: { siteUrl: '' } }),
    defineNitroPlugin: (plugin: unknown) => plugin,
  })
  for await (const file of glob('*.ts', { cwd: `${ROOT}server/utils` }))
    Object.assign(globalThis, await load(`server/utils/${file}`))
}

/**
 * The portal's own routes and middleware over HTTP in this process: the real files, with services on a clock of the test's.
 * What Nitro adds around them is tested on the built portal.
 */
export async function startRoutes(deps: Deps, folders: readonly string[]) {
  await provideAutoImports()
  const { setComposition } = await load('server/utils/deps.ts')
  const { readConfig } = await load('server/utils/config.ts')
  if (typeof setComposition !== 'function' || typeof readConfig !== 'function')
    throw new Error('expected the composition')
  setComposition({
    deps,
    refusals: recentRefusals(deps.clock),
    config: {
      NUXT_ADMIN_TOKEN: ADMIN_TOKEN,
      NUXT_ADMIN_NAME: 'operator',
      NUXT_PROXY_HOPS: 1,
      NUXT_DEVICE_READINGS_PER_HOUR: 0,
      NUXT_ADDRESS_READINGS_PER_MINUTE: 0,
      NUXT_ADDRESS_REQUESTS_PER_MINUTE: 0,
      NUXT_ACCOUNT_CALLS_PER_MINUTE: 0,
    },
  })

  const app = h3.createApp()
  for (const name of ['cors', 'session-guard'])
    app.use(handlerOf(await load(`server/middleware/${name}.ts`)))
  const router = h3.createRouter()
  const routes = (await routesIn()).filter(({ path }) =>
    folders.some((folder) => path.startsWith(`/api/v1/${folder}`)),
  )
  for (const { method, path, file } of routes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1')
    router.add(pattern, handlerOf(await load(file)), methodOf(method))
  }
  app.use(router)
  const server = createServer(h3.toNodeListener(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    routes,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const methodOf = (method: string): 'get' | 'post' | 'put' | 'delete' => {
  const lower = method.toLowerCase()
  if (lower === 'get' || lower === 'post' || lower === 'put' || lower === 'delete') return lower
  throw new Error(`method: expected one the API has, got ${method}`)
}

function handlerOf(module: Record<string, unknown>): h3.EventHandler {
  const { default: handler } = module
  if (!h3.isEventHandler(handler)) throw new Error('expected a handler')
  return handler
}
