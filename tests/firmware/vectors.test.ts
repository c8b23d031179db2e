import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fromBase64url, fromHex, sha256, toHex } from '../../shared/bytes.ts'
import { unsignedReadingSchema, type UnsignedReading } from '../../shared/reading/schema.ts'
import { compactPayload } from '../unit/shared/compact-writer.ts'
import { buildHost, runProgram } from './host.ts'

/** The core makes the bytes of the published vectors; signatures come in through its secure-element port. */

const SIGNATURE_HEX_DIGITS = 128

const vectors = z
  .object({
    valid: z.array(z.object({ reading: z.looseObject({ device_signature: z.string() }) })),
    compact: z.array(
      z.object({
        decoded: unsignedReadingSchema,
        payload_hex: z.string(),
        sig_structure_hex: z.string(),
        cose_hex: z.string(),
        digest: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../vectors/readings.json', import.meta.url), 'utf8')))

const seconds = (time: string) => Date.parse(time) / 1000

/** The numbers of the compact form; formats/reading.md. */
function numbersOf(reading: UnsignedReading): Record<string, string | number> {
  const { timestamp, off_since, latitude, longitude, ...rest } = reading
  return {
    ...rest,
    timestamp: seconds(timestamp),
    power_status: reading.power_status === 'ON' ? 1 : 0,
    reason: ['heartbeat', 'change', 'last_gasp', 'boot'].indexOf(reading.reason),
    ...(off_since !== undefined && { off_since: seconds(off_since) }),
    ...(latitude !== undefined && { latitude: Math.round(latitude * 1e6) }),
    ...(longitude !== undefined && { longitude: Math.round(longitude * 1e6) }),
  }
}

let program: string

beforeAll(() => {
  program = buildHost('encode')
})

function encodeInC(reading: UnsignedReading, signature: string) {
  const args = Object.entries(numbersOf(reading)).map(([name, value]) => `${name}=${value}`)
  const lines = runProgram(program, reading.device_id, ...args, `signature=${signature}`)
  const [payload, digest, cose] = lines.toLowerCase().split('\n')
  return { payload, digest, cose }
}

describe('the bytes a device signs and sends', () => {
  test.each(vectors.compact)('are those of the compact vector $digest', (vector) => {
    const made = encodeInC(vector.decoded, vector.cose_hex.slice(-SIGNATURE_HEX_DIGITS))
    expect(made.payload).toBe(vector.payload_hex)
    expect(made.digest).toBe(toHex(sha256(fromHex(vector.sig_structure_hex))))
    expect(made.cose).toBe(vector.cose_hex)
  })

  test.each(vectors.valid)(
    'are those a second writer makes of reading $reading.seq of $reading.device_id',
    ({ reading: { device_signature, ...members } }) => {
      const reading = unsignedReadingSchema.parse(members)
      const made = encodeInC(reading, toHex(fromBase64url(device_signature)))
      expect(made.payload).toBe(toHex(compactPayload(reading)))
    },
  )
})
