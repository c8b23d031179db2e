import { startChild, type Exit } from '../process.ts'
import type { MqttArgument, MqttReady } from './child.ts'

export interface Broker {
  /** mqtt://127.0.0.1:<port> */
  url: string
  port: number
  pid: number
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Resolves when the broker has ended, for whatever reason. */
  exited: Promise<Exit>
}

/**
 * Starts an MQTT 3.1.1 broker on 127.0.0.1 that lets everybody in and keeps everything in memory: sessions and messages
 * are gone when it ends. The port is chosen free unless given; one that is taken throws.
 */
export async function startBroker({ port = 0 }: { port?: number } = {}): Promise<Broker> {
  const { ready, pid, stop, kill, exited } = await startChild<MqttArgument, MqttReady>(
    new URL('child.ts', import.meta.url),
    { port },
  )
  return { url: `mqtt://127.0.0.1:${ready.port}`, port: ready.port, pid, stop, kill, exited }
}
