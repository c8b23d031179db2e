import { createHash } from 'node:crypto'
import type { HttpAnswer, HttpRequest, Network } from '../../firmware/host/harness/network.ts'
import { decodeCompact } from '../../shared/reading/compact.ts'
import type { UnsignedReading } from '../../shared/reading/index.ts'

export interface Arrival {
  reading: UnsignedReading
  /** What `previous` of the next reading names. */
  hash: string
  /** Virtual time at which the request left the modem. */
  atMs: number
  status: 'accepted' | 'duplicate'
}

/** Bytes of the first COSE_Sign1 in a CBOR sequence, by its four length prefixes. */
function coseLength(bytes: Uint8Array): number {
  let at = 2
  const string = () => {
    const info = (bytes[at] ?? 0) & 0x1f
    at += info < 24 ? 1 + info : info === 24 ? 2 + (bytes[at + 1] ?? 0) : Number.NaN
  }
  string()
  at += 1
  string()
  string()
  if (Number.isNaN(at)) throw new Error('no COSE_Sign1 of a reading')
  return at
}

function split(body: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = []
  for (let at = 0; at < body.length;) {
    const end = at + coseLength(body.subarray(at))
    items.push(body.slice(at, end))
    at = end
  }
  return items
}

/** A portal's `POST /readings` in a few lines, in virtual time, with a long header as real servers send one. */
export class PortalDouble implements Network {
  /** What arrived, in order. */
  readonly arrivals: Arrival[] = []
  /** Requests as the network saw them. */
  readonly requests: HttpRequest[] = []
  /** Between these virtual moments nobody answers. */
  down: readonly [number, number][] = []
  /** Answers instead of the ordinary ones, each once, first come first served. */
  readonly scripted: (Partial<HttpAnswer> & { text?: string })[] = []
  /** The write happens, the answer is lost; so often. */
  loseAnswers = 0
  readonly #held = new Set<string>()

  http(request: HttpRequest): Promise<HttpAnswer> {
    this.requests.push(request)
    if (this.down.some(([from, to]) => request.atMs >= from && request.atMs < to))
      return Promise.reject(new Error('connection refused'))
    const script = this.scripted.shift()
    if (script) return Promise.resolve(this.#answer(request, script))
    if (request.method === 'GET') return Promise.resolve(this.#answer(request, { text: '{}' }))
    const items = split(request.body).map((bytes) => this.#take(bytes, request.atMs))
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1
      return Promise.reject(new Error('connection reset'))
    }
    const many = request.headers['content-type'] === 'application/cbor-seq'
    return Promise.resolve(
      this.#answer(request, { status: 201, text: JSON.stringify(many ? items : items[0]) }),
    )
  }

  #take(bytes: Uint8Array, atMs: number) {
    const { reading, signed } = decodeCompact(bytes)
    const hash = createHash('sha256').update(signed).digest('hex')
    const id = `${reading.device_id} ${reading.seq}`
    const status = this.#held.has(id) ? ('duplicate' as const) : ('accepted' as const)
    this.#held.add(id)
    this.arrivals.push({ reading, hash, atMs, status })
    return {
      status,
      leaf_hash: '00'.repeat(32),
      receipt: { type: 'receipt', v: 1, status: 'not this one', nested: [{ code: 'nor this' }] },
    }
  }

  #answer(
    { atMs }: HttpRequest,
    { status = 200, headers = [], text = '' }: Partial<HttpAnswer> & { text?: string },
  ): HttpAnswer {
    return {
      status,
      headers: [
        ['Date', new Date(atMs).toUTCString()],
        ['Content-Security-Policy', `default-src 'self'; ${'x'.repeat(600)}`],
        ['X-Trap', 'OK'],
        ...headers,
      ],
      body: new TextEncoder().encode(text),
    }
  }
}
