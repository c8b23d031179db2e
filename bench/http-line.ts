import { connect } from 'node:net'

/** A connection that stays open, and speaks no more HTTP than a sensor's modem: sender and portal share the machine. */
export interface HttpLine {
  /** Posts a request as `postRequest` spells it; resolves with the status once the answer is read. */
  post(request: Buffer): Promise<number>
  end(): void
}

const HEAD_END = '\r\n\r\n'

export const postRequest = (path: string, body: string): Buffer =>
  Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      'host: bench',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )

export function httpLine(port: number): HttpLine {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  let read = Buffer.alloc(0)
  let waiting: PromiseWithResolvers<number> | null = null
  socket.on('data', (chunk) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk])
    const status = statusOfWhole(read)
    if (status === null) return
    read = Buffer.alloc(0)
    waiting?.resolve(status)
  })
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () =>
    waiting?.reject(new Error('expected an answer, the connection was closed')),
  )
  return {
    post(request) {
      waiting = Promise.withResolvers()
      socket.write(request)
      return waiting.promise
    },
    end: () => void socket.destroy(),
  }
}

/** Null until the whole answer is there; the portal states the length of each. */
function statusOfWhole(read: Buffer): number | null {
  const end = read.indexOf(HEAD_END)
  if (end < 0) return null
  const head = read.subarray(0, end).toString('latin1')
  const [, status, length] = /^HTTP\/1\.1 (\d{3})[^]*^content-length: (\d+)/im.exec(head) ?? []
  if (status === undefined) throw new Error(`expected an answer with its length, got ${head}`)
  return read.length < end + HEAD_END.length + Number(length) ? null : Number(status)
}
