import { spawn } from 'node:child_process'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** What the portal is built from; a folder stands for everything in it. */
const SOURCES = [
  'app.vue',
  'assets',
  'components',
  'composables',
  'contracts',
  'error.vue',
  'i18n',
  'layouts',
  'middleware',
  'nuxt.config.ts',
  'package-lock.json',
  'package.json',
  'pages',
  'public',
  'server',
  'shared',
  'stores',
]
/** Both are there only after a build that came to its end. */
const PRODUCTS = ['.output/nitro.json', '.output/server/index.mjs']
const TAIL_LINES = 30

/** True when the portal was built after the last change of its sources. */
export async function isPortalBuilt(): Promise<boolean> {
  const built = await Promise.all(PRODUCTS.map((path) => newestMs(join(ROOT, path))))
  const sources = await Promise.all(SOURCES.map((path) => newestMs(join(ROOT, path))))
  return Math.min(...built) > Math.max(...sources)
}

/** Time of the last change at or below a path, ms since 1970; 0 where there is nothing. A folder changes when a file of it goes. */
async function newestMs(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) return 0
  if (!facts.isDirectory()) return facts.mtimeMs
  const names = await readdir(path)
  const below = await Promise.all(names.map((name) => newestMs(join(path, name))))
  return Math.max(facts.mtimeMs, ...below)
}

/** Builds the portal into `.output`; everything it prints goes to the log. Throws with the end of the log. */
export async function buildPortal(logFile: string, signal: AbortSignal): Promise<void> {
  const log = await open(logFile, 'w')
  try {
    await runNuxtBuild(log.fd, signal)
  } catch (cause) {
    signal.throwIfAborted()
    const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-TAIL_LINES)
    throw new Error(`building the portal failed, see ${logFile}:\n${tail.join('\n')}`, { cause })
  } finally {
    await log.close()
  }
}

function runNuxtBuild(output: number, signal: AbortSignal): Promise<void> {
  const nuxt = join(ROOT, 'node_modules/nuxt/bin/nuxt.mjs')
  const child = spawn(process.execPath, [nuxt, 'build'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', output, output],
  })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      if (code === 0) resolve()
      else reject(new Error(`nuxt build: expected exit code 0, got ${killedBy ?? code}`))
    })
  })
}
