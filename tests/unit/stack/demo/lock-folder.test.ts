import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from '../../../../stack/demo/lock-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridwitness-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const writeHolder = (pid: number | undefined) => writeFile(join(folder, 'demo.lock'), String(pid))

test('a folder is taken and given back', async () => {
  const giveBack = await lockFolder(folder)
  expect(await readdir(folder)).toEqual(['demo.lock'])
  await giveBack()
  expect(await readdir(folder)).toEqual([])
})

test('a folder held by a running demo is refused, naming the process', async () => {
  const demo = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', 'stack/demo/main.ts'])
  try {
    await once(demo, 'spawn')
    await writeHolder(demo.pid)
    await expect(lockFolder(folder)).rejects.toThrow(`process ${demo.pid} is running the demo`)
  } finally {
    demo.kill('SIGKILL')
  }
})

test('a lock left behind by a killed demo is taken over', async () => {
  const demo = spawn(process.execPath, ['-e', ''])
  await once(demo, 'exit')
  await writeHolder(demo.pid)
  await (
    await lockFolder(folder)
  )()
})

test('a lock that was never written to the end is taken over', async () => {
  await writeFile(join(folder, 'demo.lock'), '')
  await (
    await lockFolder(folder)
  )()
})
