import { z } from 'zod'
import { MalformedError } from '../../shared/parse.ts'
import type { Config } from './config.ts'
import { fileText } from './mqtt-config.ts'

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })

/** Where the key of the anchoring account is, if not in `NUXT_ANCHORING_KEY`. */
export const anchoringVariables = {
  NUXT_ANCHORING_KEYSTORE_FILE: fileText.optional(),
  NUXT_ANCHORING_PASSWORD: z.string().optional(),
  NUXT_ANCHORING_SIGNER_URL: httpUrl.optional(),
  NUXT_ANCHORING_ADDRESS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'expected an address, 0x and 20 bytes in hex')
    .optional(),
}

/** Whether the key is elsewhere, so that none is asked for. */
export const isKeyElsewhere = (present: object): boolean =>
  'NUXT_ANCHORING_KEYSTORE_FILE' in present || 'NUXT_ANCHORING_SIGNER_URL' in present

/** The one way that is configured. Throws a `MalformedError` for none, for two, and for half a one. */
export function anchoringSettings(config: Config) {
  const {
    NUXT_ANCHORING_KEY: key,
    NUXT_ANCHORING_KEYSTORE_FILE: json,
    NUXT_ANCHORING_PASSWORD: password,
    NUXT_ANCHORING_SIGNER_URL: url,
    NUXT_ANCHORING_ADDRESS: address,
  } = config
  const given = [key, json, url].filter((value) => value !== undefined)
  if (given.length > 1) {
    const others = 'NUXT_ANCHORING_KEYSTORE_FILE or NUXT_ANCHORING_SIGNER_URL'
    throw wrong('NUXT_ANCHORING_KEY', `expected it, ${others}: one of them alone`)
  }
  if (key !== undefined) return { kind: 'key', key } as const
  if (json !== undefined) {
    if (password === undefined)
      throw wrong('NUXT_ANCHORING_PASSWORD', 'expected that of the keystore')
    return { kind: 'keystore', json, password } as const
  }
  if (url === undefined || address === undefined)
    throw wrong('NUXT_ANCHORING_ADDRESS', 'expected the account of the remote signer')
  return { kind: 'remote', url, address } as const
}

const wrong = (path: string, message: string) =>
  new MalformedError('configuration', [{ path, message }])
