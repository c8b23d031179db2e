import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf } from '../../shared/coded-error.ts'
import { DEFAULT_CLOCK_HOURS, parseClockHours } from '../../shared/complaint/index.ts'
import { MalformedError, parseAs } from '../../shared/parse.ts'
import { anchoringVariables, isKeyElsewhere } from './anchoring-config.ts'
import { LOG_FORMATS, LOG_LEVELS } from './log.ts'
import { mqttVariables } from './mqtt-config.ts'

/** Orders of the groups the keys belong to (SEC 2 §2.4.1, §2.4.2): a private key is from 1 to below. */
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const privateKey = (order: bigint) =>
  z
    .string()
    .regex(/^(?:0x)?[0-9a-fA-F]{64}$/, { error: 'expected 32 bytes in hex', abort: true })
    .refine((text) => {
      const scalar = BigInt(`0x${text.slice(-64)}`)
      return scalar > 0n && scalar < order
    }, 'expected a private key of the curve')

const anchoringKey = privateKey(SECP256K1_ORDER)
const secret = z.string().min(32, 'expected at least 32 characters')
const pseudonym = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:_-]{0,39}$/, 'expected a pseudonym of a–z, 0–9, :, _ and -')
const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })
/** Addresses separated by commas. */
const httpUrls = z
  .string()
  .transform((text) => text.split(',').map((url) => url.trim()))
  .pipe(z.array(httpUrl))
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(minimum, `expected ${minimum} to ${maximum}`)
        .max(maximum, `expected ${minimum} to ${maximum}`),
    )

const clockHours = z.string().transform((text, context) => {
  try {
    return parseClockHours(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error).replace(/, got .*$/, '') })
    return z.NEVER
  }
})
/** One key an app, separated by commas. */
const open311Keys = z
  .string()
  .regex(/^[^,]{32,}(?:,[^,]{32,})*$/, 'expected keys of at least 32 characters, commas between')
  .transform((text) => text.split(','))

/** Push services of the common browsers. */
const PUSH_HOSTS =
  'fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com'
/** Host names separated by commas; no addresses: what is inside the operator's own network has no name here. */
const pushHosts = z
  .string()
  .regex(
    /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:,(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})*$/,
    'expected host names, commas between',
  )
  .transform((text) => text.split(','))

/** Every environment variable the server reads; docs/operating.md says what each is for. */
const environmentSchema = z.object({
  NUXT_MONGODB_URI: z
    .string('expected a mongodb:// or mongodb+srv:// URI')
    .regex(/^mongodb(?:\+srv)?:\/\//, 'expected a mongodb:// or mongodb+srv:// URI'),
  NUXT_IPFS_API_URL: httpUrl,
  NUXT_ETHEREUM_RPC_URL: httpUrl,
  NUXT_CHAIN_ID: whole(1, Number.MAX_SAFE_INTEGER),
  NUXT_DEPLOYMENTS_DIR: z.string().min(1).default('contracts/deployments'),
  NUXT_ANCHORING_KEY: anchoringKey.optional(),
  ...anchoringVariables,
  NUXT_LOG_KEY: privateKey(P256_ORDER),
  NUXT_ADMIN_TOKEN: secret,
  NUXT_ADMIN_NAME: pseudonym.default('admin'),
  NUXT_METRICS_TOKEN: secret.optional(),
  NUXT_PERSONAL_DATA_KEY: z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in hex'),
  NUXT_COMPLAINT_CLOCK_HOURS: clockHours.default(DEFAULT_CLOCK_HOURS),
  NUXT_COMPLAINT_RETENTION_DAYS: whole(1, 36_500).default(365),
  NUXT_RESTORE_FROM: httpUrl.optional(),
  NUXT_READING_RETENTION_DAYS: whole(1, 36_500).optional(),
  NUXT_COMPLAINT_WORK: whole(2, 1_000_000).default(1500),
  NUXT_ADDRESS_COMPLAINTS_PER_HOUR: whole(0, 1_000_000).default(60),
  NUXT_OPEN311_KEYS: open311Keys.optional(),
  NUXT_BATCH_INTERVAL_SECONDS: whole(1, 1800).default(900),
  NUXT_CONFIRMATIONS: whole(1, 10_000).default(12),
  NUXT_HEARTBEAT_MINUTES: whole(1, 60).default(15),
  NUXT_GAS_BUMP_SECONDS: whole(1, 86_400).default(120),
  NUXT_MAX_FEE_GWEI: whole(1, 1_000_000).default(500),
  NUXT_LEASE_SECONDS: whole(1, 600).default(30),
  NUXT_DEVICE_READINGS_PER_HOUR: whole(0, 100_000_000).default(36_000),
  NUXT_PROXY_HOPS: whole(0, 10).default(0),
  NUXT_ADDRESS_READINGS_PER_MINUTE: whole(0, 100_000_000).default(0),
  NUXT_ADDRESS_REQUESTS_PER_MINUTE: whole(0, 100_000_000).default(0),
  NUXT_ACCOUNT_CALLS_PER_MINUTE: whole(0, 1_000_000).default(600),
  NUXT_ALERT_CUSTOMERS: whole(1, 1_000_000_000).default(1000),
  NUXT_ALERT_STATUS: z
    .enum(['Actual', 'Exercise', 'Test'], 'expected Actual, Exercise or Test')
    .default('Test'),
  NUXT_PUBLIC_RPC_URL: httpUrl.optional(),
  NUXT_PUBLIC_GATEWAY_URL: httpUrl.optional(),
  NUXT_OTHER_GATEWAY_URLS: httpUrls.optional(),
  NUXT_EXPLORER_URL: httpUrl.optional(),
  NUXT_PUSH_KEY: privateKey(P256_ORDER).optional(),
  NUXT_PUSH_CONTACT: z
    .string()
    .regex(/^(?:mailto:\S+@\S+|https:\/\/\S+)$/, 'expected a mailto: or https: address')
    .default('mailto:operator@gridwitness.invalid'),
  NUXT_PUSH_HOSTS: pushHosts.default(PUSH_HOSTS.split(',')),
  NUXT_LOG_LEVEL: z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`).default('info'),
  NUXT_LOG_FORMAT: z.enum(LOG_FORMATS, `expected ${LOG_FORMATS.join(' or ')}`).default('text'),
  NUXT_DRAIN_SECONDS: whole(0, 300).default(0),
  ...mqttVariables,
})

const withKeySchema = environmentSchema.extend({ NUXT_ANCHORING_KEY: anchoringKey })

/** Secrets may come from a file instead: `<NAME>_FILE` holds its path. */
const SECRETS = [
  'NUXT_MONGODB_URI',
  'NUXT_ANCHORING_KEY',
  'NUXT_ANCHORING_PASSWORD',
  'NUXT_ANCHORING_SIGNER_URL',
  'NUXT_LOG_KEY',
  'NUXT_ADMIN_TOKEN',
  'NUXT_METRICS_TOKEN',
  'NUXT_PERSONAL_DATA_KEY',
  'NUXT_OPEN311_KEYS',
  'NUXT_PUSH_KEY',
  'NUXT_MQTT_URL',
  'NUXT_MQTT_USERNAME',
  'NUXT_MQTT_PASSWORD',
]

export type Config = z.infer<typeof environmentSchema>

/**
 * Reads the configuration from the environment, strictly. Nuxt's runtimeConfig is not used for it: it turns texts
 * that look like numbers into numbers, keys of digits included. Throws a `MalformedError` that names each variable.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const merged: Record<string, string | undefined> = { ...environment }
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`]
    if (file) merged[name] = readSecret(`${name}_FILE`, file)
  }
  const present = Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''),
  )
  try {
    const schema = isKeyElsewhere(present) ? environmentSchema : withKeySchema
    return parseAs(schema, present, 'configuration')
  } catch (error) {
    if (error instanceof MalformedError) throw withoutSecrets(error)
    throw error
  }
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new MalformedError('configuration', [
      { path: name, message: `expected a readable file, got ${path}` },
    ])
  }
}

/** A refused secret is named, never shown. */
function withoutSecrets(error: MalformedError): MalformedError {
  return new MalformedError(
    'configuration',
    error.issues.map(({ path, message }) => ({
      path,
      message: SECRETS.includes(path)
        ? message.replace(/, got (?!nothing$).*$/s, ', got something else (not shown)')
        : message,
    })),
  )
}
