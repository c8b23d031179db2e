import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fromHex, publicKeyFromHex, toHex } from '../../../shared/bytes.ts'
import {
  readManifest,
  readSettings,
  sealManifest,
  sealSettings,
  verifyMessage,
  writtenSettingsSchema,
  type OperatorKey,
} from '../../../shared/device-message/index.ts'
import { payloadOf } from '../../../shared/device-message/envelope.ts'

const vectors = z
  .object({
    operator_key: z.string(),
    settings: z.array(z.object({ settings: z.unknown(), message_hex: z.string() })),
    refused_settings: z.array(
      z.object({ name: z.string(), message_hex: z.string(), answer: z.string() }),
    ),
    firmware: z.array(z.object({ manifest: z.unknown(), message_hex: z.string() })),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../vectors/device-messages.json', import.meta.url), 'utf8'),
    ),
  )
const published = publicKeyFromHex(vectors.operator_key)

const newKey = (): OperatorKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const half = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return {
    publicKey: publicKeyFromHex(`04${half(x)}${half(y)}`),
    sign: (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}

describe('settings', () => {
  it.each(vectors.settings)(
    'are those of vector $settings.version',
    ({ settings, message_hex }) => {
      const message = fromHex(message_hex)
      verifyMessage(message, published)
      const read = readSettings(message)
      expect(read).toEqual(settings)
      const key = newKey()
      const again = sealSettings(read, key)
      verifyMessage(again, key.publicKey)
      expect(toHex(payloadOf(again))).toBe(toHex(payloadOf(message)))
      expect(message.length).toBeLessThanOrEqual(768)
    },
  )

  it.each(vectors.refused_settings)('of $name are refused', ({ message_hex, answer, name }) => {
    const message = fromHex(message_hex)
    const check = () => {
      verifyMessage(message, published)
      const { device_id } = readSettings(message)
      if (device_id !== '0123090909090909EE') throw new Error('malformed: another device')
    }
    const error = answer === 'not signed by' ? { code: 'bad_signature' } : {}
    expect(check, name).toThrow(expect.objectContaining(error))
  })

  it('may leave out what has a usual value when they are written down, and bear no version', () => {
    const written = {
      device_id: '0123090909090909EE',
      latitude: 1,
      longitude: 2,
      apn: 'iot.example',
      host: 'power.example.org',
    }
    const usual = { heartbeat_s: 900, declare_ms: 2000, spread_s: 30, meter: 'none', port: 443 }
    expect(writtenSettingsSchema.parse(written)).toEqual({ ...written, ...usual })
    expect(writtenSettingsSchema.safeParse({ ...written, version: 1 }).success).toBe(false)
  })
})

describe('a manifest', () => {
  it.each(vectors.firmware)('is that of the vector', ({ manifest, message_hex }) => {
    const message = fromHex(message_hex)
    verifyMessage(message, published)
    const read = readManifest(message)
    expect(read).toEqual(manifest)
    expect(toHex(payloadOf(sealManifest(read, newKey())))).toBe(toHex(payloadOf(message)))
  })

  it('never passes for settings, nor settings for it', () => {
    const [settings] = vectors.settings
    const [manifest] = vectors.firmware
    expect(() => readManifest(fromHex(settings?.message_hex ?? ''))).toThrow('expected type 2')
    expect(() => readSettings(fromHex(manifest?.message_hex ?? ''))).toThrow('expected type 1')
  })

  it('is refused in any other encoding, however little it differs', () => {
    const message = fromHex(vectors.firmware[0]?.message_hex ?? '')
    for (let at = 0; at < message.length - 64; at += 1) {
      const damaged = Uint8Array.from(message)
      damaged[at] = (damaged[at] ?? 0) ^ 0x20
      expect(() => {
        readManifest(damaged)
        verifyMessage(damaged, published)
      }).toThrow()
    }
  })
})
