import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium, type Browser } from 'playwright-core'

/** Root in a container has no sandbox. Web security stays on, unlike in the package's own arguments: CORS is tested too. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none']
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A real Chromium: the one `CHROMIUM_PATH` names, else one on PATH, else the one the package @sparticuz/chromium carries,
 * unpacked once into `.cache`. Nothing is downloaded. `more` are arguments beside the usual.
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const args = [...ARGS, ...more]
  const own = process.env.CHROMIUM_PATH ?? (await onPath())
  if (own !== undefined) return chromium.launch({ executablePath: own, args })
  const dir = await unpackedBrowser()
  return chromium.launch({
    executablePath: join(dir, 'chromium'),
    args,
    env: {
      ...process.env,
      // Libraries and fonts a bare Debian lacks come with the package.
      LD_LIBRARY_PATH: join(dir, 'al2023', 'lib'),
      FONTCONFIG_FILE: await fontsFile(dir),
    },
  })
}

async function onPath(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name)
      if (await isExecutable(path)) return path
    }
  }
  return undefined
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** The folder with the unpacked browser. It appears whole or not at all, whoever else unpacks at the same time. */
async function unpackedBrowser(): Promise<string> {
  const facts = await readFile(join(ROOT, 'node_modules/@sparticuz/chromium/package.json'), 'utf8')
  const { version } = JSON.parse(facts)
  const dir = join(ROOT, '.cache', `chromium-${version}`)
  if (existsSync(dir)) return dir
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  const part = await mkdtemp(`${dir}-`)
  try {
    await unpackInto(part)
    await rename(part, dir)
  } catch (error) {
    if (!existsSync(dir)) throw error
  } finally {
    await rm(part, { recursive: true, force: true })
  }
  return dir
}

/** The package unpacks into the temporary folder, and its libraries only where it takes the machine for a Lambda. */
async function unpackInto(dir: string): Promise<void> {
  const script = `await (await import('@sparticuz/chromium')).default.executablePath()`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: dir, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  })
}

/** Hindi is looked at too. */
const DEVANAGARI = join(ROOT, 'node_modules/@expo-google-fonts/noto-sans-devanagari')

/** Says where fonts are. Written anew for each browser, and there whole or not at all. */
async function fontsFile(dir: string): Promise<string> {
  const path = join(dir, 'fonts.conf')
  const part = `${path}-${process.pid}-${performance.now()}`
  await writeFile(part, fontsConfig(dir))
  await rename(part, path)
  return path
}

const fontsConfig = (dir: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(dir, 'fonts')}</dir>
  <dir>${DEVANAGARI}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(dir, 'fonts-cache')}</cachedir>
</fontconfig>
`
