import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { serveParent } from '../process.ts'

export interface MqttArgument {
  /** 0 lets the system choose. */
  port: number
}

export interface MqttReady {
  port: number
}

serveParent<MqttArgument, MqttReady>(async ({ port }) => {
  const broker = new Aedes()
  await broker.listen()
  const server = createServer(broker.handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error(`MQTT broker: expected a TCP address, got ${String(address)}`)
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await new Promise<void>((resolve) => broker.close(() => resolve()))
    await closed
  }
  return { ready: { port: address.port }, stop }
})
