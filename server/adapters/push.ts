import { createECDH } from 'node:crypto'
import webPush from 'web-push'
import { postOutside, type PostOutside } from './post-outside.ts'

/** A notice is of no use later. */
const TTL_S = 3600
const TIMEOUT_MS = 10_000

export interface PushTarget {
  endpoint: string
  p256dh: string
  auth: string
}

/** `gone`: the browser took the subscription back, for good. `refused`: not this time. */
export type Delivery = 'delivered' | 'gone' | 'refused'

/** Sends notices over Web Push (RFC 8030), encrypted for the browser alone (RFC 8291), signed by the portal (RFC 8292). */
export interface Push {
  /** Uncompressed point of P-256 in base64url. */
  publicKey: string
  /** Whether an endpoint belongs to a push service notices may go to: nothing else is ever asked. */
  mayReach(endpoint: string): boolean
  /** Never throws: a service that is away has refused. `topic` replaces what waits under the same name. */
  send(target: PushTarget, text: string, topic: string): Promise<Delivery>
}

export interface PushSettings {
  /** P-256 private key, hex. */
  key: string
  /** `mailto:` or `https:` address at which push services reach the operator. */
  contact: string
  /** Host names; `*.` before one stands for all below it. */
  hosts: string[]
  /** How the network is reached; by default past nothing but `NUXT_PUSH_HOSTS` and public addresses. */
  post?: PostOutside
}

export function webPushSender({ key, contact, hosts, post = postOutside() }: PushSettings): Push {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(key, 'hex')
  const publicKey = pair.getPublicKey('base64url')
  const vapidDetails = {
    subject: contact,
    publicKey,
    privateKey: Buffer.from(key, 'hex').toString('base64url'),
  }
  const mayReach = (endpoint: string): boolean => {
    if (!URL.canParse(endpoint)) return false
    const { protocol, hostname, port, username, password } = new URL(endpoint)
    if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return false
    return hosts.some((host) =>
      host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host,
    )
  }

  return {
    publicKey,
    mayReach,
    async send({ endpoint, p256dh, auth }, text, topic) {
      // The operator may have taken a service off the list since.
      if (!mayReach(endpoint)) return 'gone'
      try {
        const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, text, {
          vapidDetails,
          TTL: TTL_S,
          topic,
          contentEncoding: 'aes128gcm',
        })
        const headers = Object.entries(details.headers)
          .filter(([name]) => name.toLowerCase() !== 'content-length')
          .map(([name, value]): [string, string] => [name, String(value)])
        const status = await post(endpoint, {
          headers: Object.fromEntries(headers),
          body: new Uint8Array(details.body ?? []),
          timeoutMs: TIMEOUT_MS,
        })
        if (status === 404 || status === 410) return 'gone'
        return status >= 200 && status < 300 ? 'delivered' : 'refused'
      } catch {
        return 'refused'
      }
    },
  }
}
