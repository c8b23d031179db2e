import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { freePort, isFree, usualPort } from '../../../stack/ports.ts'

test('the usual port is taken where it is free, another where it is not', async () => {
  const usual = await freePort()
  expect(await usualPort(usual)).toBe(usual)

  const other = createServer().listen(usual, '127.0.0.1')
  await once(other, 'listening')
  expect(await isFree(usual)).toBe(false)
  expect(await usualPort(usual)).not.toBe(usual)
  other.close()
})
