import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../stack/ports.ts'
import { startChild } from '../../../stack/process.ts'
import type { AdderArgument } from './children/adder.ts'
import { gone } from './gone.ts'

const add: AdderArgument = { kind: 'add', a: 2, b: 3n }

async function startAdder(argument: AdderArgument, options: { logFile?: string } = {}) {
  const script = new URL('children/adder.ts', import.meta.url)
  const child = await startChild<AdderArgument, { sum: bigint }>(script, argument, options)
  onTestFinished(() => child.kill('SIGKILL'))
  return child
}

it('a child gets its argument and says what it is ready with', async () => {
  const child = await startAdder(add)
  expect(child.ready).toEqual({ sum: 5n })
})

it('a child that is stopped stops by itself, once, and what it said is in the log', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'process-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const logFile = join(dir, 'log')
  const child = await startAdder(add, { logFile })
  await child.stop()
  await child.stop()
  expect(await child.exited).toEqual({ code: 0, signal: null })
  expect(readFileSync(logFile, 'utf8')).toBe('the sum is 5\nstopped\n')
})

it('SIGTERM stops a child, SIGINT does not', async () => {
  const child = await startAdder(add)
  child.kill('SIGINT')
  child.kill('SIGTERM')
  expect(await child.exited).toEqual({ code: 0, signal: null })
})

it('a start that fails is told with the message of the child', async () => {
  await expect(startAdder({ kind: 'throw' })).rejects.toThrow('expected a sum to do, got none')
})

it('a child that ends before it is ready is told with its exit code and last words', async () => {
  await expect(startAdder({ kind: 'exit' })).rejects.toThrow(/ended with 7\nlast words/)
})

it('a script that does not exist is told', async () => {
  const script = new URL('children/nobody.ts', import.meta.url)
  await expect(startChild(script, null)).rejects.toThrow(/ended with 1\n[^]*Cannot find module/)
})

it('no child outlives a parent that is killed', async () => {
  const script = new URL('children/middle.ts', import.meta.url)
  const middle = await startChild<null, { pid: number }>(script, null)
  middle.kill('SIGKILL')
  await middle.exited
  await gone(middle.ready.pid)
})

it('a free port can be listened on', async () => {
  const port = await freePort()
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  expect(port).toBeGreaterThan(1023)
})
