import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { p256 } from '@noble/curves/nist.js'
import { z } from 'zod'
import { toHex } from '../shared/bytes.ts'
import { parseAs } from '../shared/parse.ts'
import { keepPrivate, readKept } from './kept-file.ts'

const TOKEN_BYTES = 32

const secretsSchema = z.strictObject({
  /** Lets the demo register areas and devices. */
  admin_token: z.string().min(32),
  /** Private P-256 key with which the portal signs receipts. */
  log_key: z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in hex'),
  /** Private P-256 key by which push services know the portal. */
  push_key: z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in hex'),
  /** Encrypts what is personal in complaints. */
  personal_data_key: z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in hex'),
})
export type Secrets = z.infer<typeof secretsSchema>

/** The portal's secrets, kept in `secrets.json` of the folder; those not yet there are made. */
export async function portalSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, 'secrets.json')
  const kept = parseAs(secretsSchema.partial(), (await readKept(path)) ?? {}, path)
  const secrets = {
    admin_token: randomBytes(TOKEN_BYTES).toString('hex'),
    log_key: toHex(p256.utils.randomSecretKey()),
    push_key: toHex(p256.utils.randomSecretKey()),
    personal_data_key: randomBytes(TOKEN_BYTES).toString('hex'),
    ...kept,
  }
  if (Object.keys(kept).length < Object.keys(secrets).length)
    await keepPrivate(path, JSON.stringify(secrets))
  return secrets
}
