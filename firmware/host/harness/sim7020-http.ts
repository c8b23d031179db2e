import type { Sim7020 } from './sim7020.ts'
import type { Command } from './sim7020-commands.ts'
import type { HttpAnswer, HttpRequest } from './network.ts'

const CONNECT_MS = 1200
const ROUND_TRIP_MS = 1500
const PIECE_MS = 40
const CLIENTS = 5
const KEEP_ALIVE_MS = 5000

interface Client {
  origin: string
  trusted: string
  connected: boolean
  /** Virtual time of the last traffic: a server ends an idle connection. */
  usedMs: number
}

const text = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1')

/** The module's five HTTP clients. */
export class HttpClients {
  readonly #modem: Sim7020
  #clients: (Client | undefined)[] = new Array<Client | undefined>(CLIENTS).fill(undefined)
  #description = ''
  /** Requests that reached the network. */
  readonly requests: HttpRequest[] = []

  constructor(modem: Sim7020) {
    this.#modem = modem
  }

  get connected(): boolean {
    return this.#clients.some((client) => client?.connected)
  }

  forget(): void {
    this.#clients = new Array<Client | undefined>(CLIENTS).fill(undefined)
    this.#description = ''
  }

  /** Takes a number without giving it back, as a crashed driver leaves it. */
  leak(): void {
    this.#create('http://leaked.example/', '')
  }

  readonly commands: Command[] = [
    {
      pattern: /^AT\+CHTTPCREATE="([^"]+)"$/,
      act: ([, url = '']) => {
        this.#answerCreate(this.#create(url, ''))
      },
    },
    {
      pattern: /^AT\+CHTTPCREATEEXT=([01]),(\d+),(\d+),"(.*)"$/,
      act: ([, more, total, length, slice = '']) => {
        this.#describe({
          isLast: more === '0',
          total: Number(total),
          length: Number(length),
          slice,
        })
      },
    },
    {
      pattern: /^AT\+CHTTPCON=(\d)$/,
      act: ([, id]) => {
        this.#connect(Number(id))
      },
    },
    {
      pattern: /^AT\+CHTTPSEND=(\d),([01]),"([^"]*)"(?:,([0-9a-f]*)(?:,"([^"]*)",([0-9a-f]*))?)?$/,
      act: ([, id, method, path = '', header = '', type = '', body = '']) => {
        this.#send(Number(id), {
          method: method === '1' ? 'POST' : 'GET',
          path,
          header: text(header),
          type,
          body: new Uint8Array(Buffer.from(body, 'hex')),
        })
      },
    },
    {
      pattern: /^AT\+CHTTPDISCON=(\d)$/,
      act: ([, id]) => {
        const client = this.#clients[Number(id)]
        if (client) client.connected = false
        this.#modem.final(client ? 'OK' : 'ERROR')
      },
    },
    {
      pattern: /^AT\+CHTTPDESTROY=(\d)$/,
      act: ([, id]) => {
        const existed = this.#clients[Number(id)] !== undefined
        this.#clients[Number(id)] = undefined
        this.#modem.final(existed ? 'OK' : 'ERROR')
      },
    },
  ]

  #create(url: string, trusted: string): number {
    const id = this.#clients.findIndex((client) => client === undefined)
    if (id >= 0) {
      const origin = url.replace(/\/$/, '')
      this.#clients[id] = { origin, trusted, connected: false, usedMs: 0 }
    }
    return id
  }

  #answerCreate(id: number, name = '+CHTTPCREATE'): void {
    if (id < 0) {
      this.#modem.final('ERROR')
      return
    }
    this.#modem.say(`${this.#modem.quirks.shortCreateName ? '+CHTTPCREAT' : name}: ${id}`)
    this.#modem.final('OK')
  }

  /** Slices of `"<url>,<user>,<password>,<digits>,<certificate in hex>,0,,0,"`. */
  #describe({ isLast, total, length, slice }: Slice): void {
    if (length !== slice.length || length > 1000) {
      this.#description = ''
      this.#modem.final('ERROR')
      return
    }
    this.#description += slice
    if (!isLast) {
      this.#modem.final('OK')
      return
    }
    const description = this.#description
    this.#description = ''
    const match = /^([^,]+),,,(\d+),([0-9a-f]*),0,,0,$/.exec(description)
    const [, url = '', digits, certificate = ''] = match ?? []
    const sound = description.length === total && certificate.length === Number(digits)
    this.#answerCreate(sound ? this.#create(url, text(certificate)) : -1, '+CHTTPCREATEEXT')
  }

  #connect(id: number): void {
    const client = this.#clients[id]
    this.#modem.later(CONNECT_MS, () => {
      if (!client || !this.#modem.coverage) {
        this.#modem.final('ERROR')
        return
      }
      client.connected = true
      client.usedMs = this.#modem.agenda.nowMs
      this.#modem.final('OK')
    })
  }

  #send(id: number, { method, path, header, type, body }: Outgoing): void {
    const client = this.#clients[id]
    if (!client?.connected) {
      this.#modem.final('ERROR')
      return
    }
    this.#modem.final('OK')
    const nowMs = this.#modem.agenda.nowMs
    if (nowMs - client.usedMs > KEEP_ALIVE_MS || !this.#modem.coverage) {
      this.#fail(id, client)
      return
    }
    const lines = header.split('\r\n').filter((line) => line !== '')
    const headers = Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)))
    const request: HttpRequest = {
      method,
      url: `${client.origin}${path}`,
      headers: { ...headers, ...(method === 'POST' && { 'content-type': type }) },
      body,
      trusted: client.trusted,
      atMs: nowMs,
    }
    this.requests.push(request)
    this.#modem.awaiting(this.#modem.network.http(request), (answer) => {
      this.#modem.later(ROUND_TRIP_MS, () => {
        // Nothing comes of a connection that was ended meanwhile.
        if (this.#clients[id] !== client || !client.connected) return
        client.usedMs = this.#modem.agenda.nowMs
        if (answer instanceof Error) this.#fail(id, client)
        else this.#deliver(id, answer)
      })
    })
  }

  #fail(id: number, client: Client): void {
    client.connected = false
    this.#modem.later(ROUND_TRIP_MS, () => {
      this.#modem.say(`+CHTTPERR: ${id},-2`)
    })
  }

  #deliver(id: number, { status, headers, body }: HttpAnswer): void {
    const { contentLength, contentPieceBytes } = this.#modem.quirks
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const header = `HTTP/1.1 ${status} -\r\n${head}\r\n`
    this.#modem.raw(`\r\n+CHTTPNMIH: ${id},${status},${header.length},${header}\r\n`)
    const hex = Buffer.from(body).toString('hex').toUpperCase()
    const step = 2 * contentPieceBytes
    for (let at = 0, piece = 0; at < hex.length; at += step, piece += 1) {
      const content = hex.slice(at, at + step)
      const more = at + step < hex.length ? 1 : 0
      const count = contentLength === 'hex' ? content.length : content.length / 2
      const comma = contentLength === 'missing' ? '' : ','
      const line = `+CHTTPNMIC: ${id},${more},${body.length}${comma}${count},${content}`
      this.#modem.later(PIECE_MS * (piece + 1), () => {
        this.#modem.say(line)
      })
    }
  }
}

interface Slice {
  isLast: boolean
  total: number
  length: number
  slice: string
}

interface Outgoing {
  method: 'GET' | 'POST'
  path: string
  header: string
  type: string
  body: Uint8Array<ArrayBuffer>
}
