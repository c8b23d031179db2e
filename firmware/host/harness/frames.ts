/** Frames of firmware/host/pipe/frames.h, as the harness writes and reads them. */
export const KIND = {
  begin: 'B',
  run: 'R',
  uart: 'U',
  mains: 'M',
  submit: 'S',
  cancel: 'C',
  type: 'T',
  answer: 'A',
  done: 'd',
  sent: 'u',
  key: 'k',
  results: 'r',
  log: 'l',
  time: 't',
  said: 's',
  restart: 'x',
  serial: '1',
  sign: '2',
  counter: '3',
  flashRead: '4',
  flashWrite: '5',
  flashErase: '6',
  flashBlank: '7',
  kvGet: '8',
  kvSet: '9',
  rtcGet: 'a',
  rtcSet: 'b',
  publicKey: '0',
  verify: 'c',
  otaVersion: 'e',
  otaOpen: 'f',
  otaWrite: 'g',
  otaRead: 'h',
  otaActivate: 'i',
} as const

/** Statuses of gw/status.h that the harness answers with. */
export const STATUS = { ok: 0, io: 2, none: 3, signature: 8 } as const

const HEAD_BYTES = 5

export interface Frame {
  kind: string
  bytes: Buffer
}

export function encodeFrame(kind: string, bytes: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(kind, 0, 'latin1')
  head.writeUInt32LE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

export function int64s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length)
  values.forEach((value, index) => bytes.writeBigInt64LE(BigInt(value), 8 * index))
  return bytes
}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#rest = Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.#rest.readUInt32LE(1)
      if (this.#rest.length < end) break
      const kind = this.#rest.toString('latin1', 0, 1)
      const bytes = this.#rest.subarray(HEAD_BYTES, end)
      this.#rest = this.#rest.subarray(end)
      frames.push({ kind, bytes })
    }
    return frames
  }
}
