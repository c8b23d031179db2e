import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { postOutside } from '../../../server/adapters/post-outside.ts'
import { isPublicAddress, publicLookup } from '../../../server/adapters/public-address.ts'

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is one of the public internet', (address) => expect(isPublicAddress(address)).toBe(true))

  it.each([
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '0.0.0.0',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
    ],
    ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '192.0.2.1', '224.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      'fe80::1',
      'fd00::1',
      'ff02::1',
    ],
    ...['2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1'],
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('a post to an address somebody else chose', () => {
  const sent = { headers: {}, body: new Uint8Array(1), timeoutMs: 2_000 }

  it('reaches nothing on this machine, whatever the name of it', async () => {
    let connections = 0
    const inside = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
    const address = inside.address()
    const port = typeof address === 'object' ? address?.port : 0
    const post = postOutside()
    await expect(post(`https://localhost:${port}/`, sent)).rejects.toThrow(
      /expected public addresses/,
    )
    for (const host of ['127.0.0.1', '[::1]', '0x7f000001', '2130706433', '127.1'])
      await expect(post(`https://${host}:${port}/`, sent), host).rejects.toThrow(/expected a name/)
    await expect(post(`http://localhost:${port}/`, sent)).rejects.toThrow(/under https/)
    inside.close()
    expect(connections).toBe(0)
  })

  it('is refused where one of several addresses of a name is inside', async () => {
    const found = ['8.8.8.8', '10.0.0.1'].map((address) => ({ address, family: 4 }))
    const post = postOutside(publicLookup((_name, _options, answer) => answer(null, found)))
    await expect(post('https://push.example/', sent)).rejects.toThrow('got 10.0.0.1')
  })
})
