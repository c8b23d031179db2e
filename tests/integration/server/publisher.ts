import { connectAsync, type IClientOptions } from 'mqtt'
import type { TestDevice } from '../../device.ts'

/** Devices' side of a broker. */
export interface Publisher {
  /** Resolves once the broker has acknowledged. */
  publish(topic: string, payload: Uint8Array | string): Promise<void>
  close(): Promise<void>
}

export async function openPublisher(url: string, options: IClientOptions = {}): Promise<Publisher> {
  const client = await connectAsync(url, { protocolVersion: 4, ...options })
  return {
    async publish(topic, payload) {
      const body = typeof payload === 'string' ? payload : Buffer.from(payload)
      await client.publishAsync(topic, body, { qos: 1 })
    },
    close: () => client.endAsync(),
  }
}

/** The topic under which a device of an area publishes. */
export const topicOf = (areaId: string, { facts }: TestDevice): string =>
  `power/${areaId}/${facts.device_id}`
