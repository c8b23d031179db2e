import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

it('the node is asked for what it holds itself, and for nothing of others', async () => {
  const asked: URL[] = []
  const node = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://node'))
    request.resume()
    response.end('bytes')
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    node.closeAllConnections()
    node.close()
  })
  const address = node.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const ipfs = kuboIpfs(`http://127.0.0.1:${address.port}/api/v0`)

  for await (const bytes of ipfs.cat(CID)) expect(bytes.length).toBeGreaterThan(0)
  await ipfs.block(CID)
  for await (const bytes of ipfs.car(CID)) expect(bytes.length).toBeGreaterThan(0)

  const calls = asked.map(({ pathname, searchParams }) => [pathname, searchParams.get('offline')])
  expect(calls).toEqual([
    ['/api/v0/cat', 'true'],
    ['/api/v0/block/get', 'true'],
    // A DAG is exported only once its root is known to be held.
    ['/api/v0/block/get', 'true'],
    ['/api/v0/dag/export', null],
  ])
})
