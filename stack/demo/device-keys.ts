import { webcrypto } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { concat, fromBase64url, toHex } from '../../shared/bytes.ts'
import { deviceIdField } from '../../shared/fields.ts'
import { parseAs } from '../../shared/parse.ts'
import { keepPrivate, readKept } from '../kept-file.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const POINT_BYTES = 32
const UNCOMPRESSED = Uint8Array.of(0x04)

const coordinate = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, `expected ${POINT_BYTES} bytes in base64url`)

/** The members of a private JWK, RFC 7518 §6.2. */
const keySchema = z.strictObject({ x: coordinate, y: coordinate, d: coordinate })
const keysSchema = z.record(deviceIdField, keySchema)
type KeptKey = z.infer<typeof keySchema>

/** The key pair of one sensor. */
export interface DeviceKey {
  /** 65 bytes 04‖X‖Y in hex. */
  publicKey: string
  /** ECDSA P-256 over SHA-256: 64 raw bytes r‖s. */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/**
 * The keys of these devices, kept in `devices.json` of the folder: made where they are missing and stored before
 * anything is signed with them. Throws when the file is not as this function wrote it.
 */
export async function deviceKeys(
  folder: string,
  deviceIds: string[],
): Promise<Map<string, DeviceKey>> {
  const path = join(folder, 'devices.json')
  const kept = parseAs(keysSchema, (await readKept(path)) ?? {}, path)
  const missing = deviceIds.filter((id) => kept[id] === undefined)
  const made = await Promise.all(missing.map(async (id) => [id, await newKey()] as const))
  const all = { ...kept, ...Object.fromEntries(made) }
  if (made.length > 0) await keepPrivate(path, JSON.stringify(all))
  const usable = deviceIds.map(async (id) => [id, await usableKey(id, all[id])] as const)
  return new Map(await Promise.all(usable))
}

async function newKey(): Promise<KeptKey> {
  const pair = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const { x, y, d } = await webcrypto.subtle.exportKey('jwk', pair.privateKey)
  return parseAs(keySchema, { x, y, d }, 'new key')
}

async function usableKey(deviceId: string, kept: KeptKey | undefined): Promise<DeviceKey> {
  if (kept === undefined) throw new Error(`key of ${deviceId}: expected one, got none`)
  const jwk = { kty: 'EC', crv: 'P-256', ...kept }
  const privateKey = await webcrypto.subtle.importKey('jwk', jwk, P256, false, ['sign'])
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  return {
    publicKey: toHex(concat(UNCOMPRESSED, fromBase64url(kept.x), fromBase64url(kept.y))),
    sign: async (message) =>
      new Uint8Array(await webcrypto.subtle.sign(algorithm, privateKey, message)),
  }
}
