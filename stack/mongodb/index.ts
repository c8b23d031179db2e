import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild, type Exit } from '../process.ts'
import type { EmbeddedArgument, EmbeddedReady } from './embedded.ts'
import type { MongodArgument, MongodReady } from './mongod.ts'
import { loadableAddon } from './native-library.ts'
import { socketFolder } from './socket-folder.ts'

const OLDEST_MONGOD_MAJOR = 7
const CACHE_FOLDER = fileURLToPath(new URL('../../.cache/mongodb', import.meta.url))
const EMBEDDED_PLATFORMS = ['linux x64', 'linux arm64', 'darwin arm64']

type MongoKind = 'mongod' | 'embedded'

export interface Mongo {
  uri: string
  kind: MongoKind
  /** The process that holds the database. */
  pid: number
  stop(): Promise<void>
  /** Resolves when the database has ended, for whatever reason. */
  exited: Promise<Exit>
}

/**
 * Starts MongoDB on the folder `dir`, reachable by this user alone through a Unix socket: a `mongod`
 * 7 or newer on PATH, else the embedded engine. A folder that has data stays with the kind that
 * wrote them. It ends with this process. Throws, saying what to install, when there is neither, and
 * when another process has the folder open.
 */
export async function startMongo({ dir }: { dir: string }): Promise<Mongo> {
  const folder = resolve(dir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kind = await chooseKind(folder)
  const databaseDir = join(folder, kind)
  await mkdir(databaseDir, { recursive: true, mode: 0o700 })
  const socketDir = await socketFolder(folder)
  const logFile = join(folder, 'mongodb.log')
  return kind === 'mongod'
    ? startMongod({ databaseDir, socketDir }, logFile)
    : startEmbedded({ databaseDir, socketDir }, logFile)
}

async function chooseKind(folder: string): Promise<MongoKind> {
  const present = await readdir(folder)
  const mongod = await mongodMajor()
  const platform = `${process.platform} ${process.arch}`
  const embedded = EMBEDDED_PLATFORMS.includes(platform)
  const mayRun = mongod !== undefined && mongod >= OLDEST_MONGOD_MAJOR
  const found = mongod === undefined ? 'none on PATH' : `version ${mongod}`

  if (present.includes('mongod')) {
    if (mayRun) return 'mongod'
    throw new Error(
      `${folder} holds data of a mongod: expected a mongod ${OLDEST_MONGOD_MAJOR} or newer, got ${found}; install it, or choose another folder`,
    )
  }
  if (present.includes('embedded') && embedded) return 'embedded'
  if (mayRun) return 'mongod'
  if (embedded) return 'embedded'
  throw new Error(
    `MongoDB: expected a mongod ${OLDEST_MONGOD_MAJOR} or newer, got ${found}, and the embedded engine has no build for ${platform}; install MongoDB ${OLDEST_MONGOD_MAJOR} or newer, or set NUXT_MONGODB_URI to a running one`,
  )
}

/** The major version of the `mongod` on PATH; undefined when there is none. */
function mongodMajor(): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('mongod', ['--version'], (_error, stdout) => {
      const major = /^db version v(\d+)\./m.exec(stdout)?.[1]
      resolve(major === undefined ? undefined : Number(major))
    })
  })
}

async function startMongod(argument: MongodArgument, logFile: string): Promise<Mongo> {
  const child = await startChild<MongodArgument, MongodReady>(
    new URL('mongod.ts', import.meta.url),
    argument,
    { logFile },
  )
  return { ...child.ready, kind: 'mongod', stop: child.stop, exited: child.exited }
}

async function startEmbedded(argument: EmbeddedArgument, logFile: string): Promise<Mongo> {
  const addon = await loadableAddon(CACHE_FOLDER)
  const env: Record<string, string> = { TMPDIR: argument.socketDir }
  if (addon !== undefined) env['NAPI_RS_NATIVE_LIBRARY_PATH'] = addon
  const child = await startChild<EmbeddedArgument, EmbeddedReady>(
    new URL('embedded.ts', import.meta.url),
    argument,
    { env, logFile },
  )
  const { pid, stop, exited } = child
  return { uri: child.ready.uri, kind: 'embedded', pid, stop, exited }
}
