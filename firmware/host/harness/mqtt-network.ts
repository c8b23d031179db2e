import { connectAsync } from 'mqtt'
import type { Network } from './network.ts'

/** Adds a broker to a network: every MQTT host is the one at `brokerUrl`, over TLS where that says mqtts. */
export const withBroker = (network: Network, brokerUrl: string): Network => ({
  http: (request) => network.http(request),
  async mqtt({ clientId, username, password, trusted }) {
    const client = await connectAsync(brokerUrl, {
      clientId,
      username,
      password,
      reconnectPeriod: 0,
      protocolVersion: 4,
      ...(trusted !== '' && { ca: trusted }),
    })
    return {
      publish: async (topic, payload) => {
        await client.publishAsync(topic, Buffer.from(payload), { qos: 1 })
      },
      end: () => client.endAsync(),
    }
  },
})
