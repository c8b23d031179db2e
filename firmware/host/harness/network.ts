/** What stands behind the modem's antenna. */
export interface Network {
  /** Answers a request, or throws when no connection comes about. */
  http(request: HttpRequest): Promise<HttpAnswer>
  /** Connects to a broker, or throws; absent where there is none. */
  mqtt?(options: MqttOptions): Promise<MqttSession>
}

export interface HttpRequest {
  method: 'GET' | 'POST'
  /** With scheme, host, port and path, as the device asked for it. */
  url: string
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
  /** Certificates the device trusts, in PEM; empty for plain HTTP. */
  trusted: string
  /** Virtual time. */
  atMs: number
}

export interface HttpAnswer {
  status: number
  headers: [string, string][]
  body: Uint8Array
}

export interface MqttOptions {
  host: string
  port: number
  clientId: string
  username: string | undefined
  password: string | undefined
  trusted: string
}

export interface MqttSession {
  /** Resolves when the broker acknowledged (QoS 1). */
  publish(topic: string, payload: Uint8Array): Promise<void>
  end(): Promise<void>
}

/**
 * A network whose every host is one portal: the device keeps the address it is configured with, the request goes to
 * `portalUrl`. The answer bears the device's virtual time: it must not see the wall clock.
 */
export const portalNetwork = (portalUrl: string): Network => ({
  async http({ method, url, headers, body, atMs }) {
    const { pathname, search } = new URL(url)
    const response = await fetch(`${portalUrl}${pathname}${search}`, {
      method,
      headers,
      ...(method === 'POST' && { body }),
    })
    const answered = new Headers(response.headers)
    answered.set('date', new Date(atMs).toUTCString())
    return {
      status: response.status,
      headers: [...answered],
      body: new Uint8Array(await response.arrayBuffer()),
    }
  },
})
