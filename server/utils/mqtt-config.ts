import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { MalformedError } from '../../shared/parse.ts'
import { TOPIC_FILTER } from '../services/reading/topic.ts'
import type { Config } from './config.ts'

/** The text of the file a variable names. */
export const fileText = z.string().transform((path, { issues }) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    issues.push({ code: 'custom', input: path, message: 'expected a readable file' })
    return z.NEVER
  }
})

/** What a topic level may be: no wildcard, no separator. */
const level = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'expected 1 to 64 of letters, digits, _ . : and -')

/** Variables about the MQTT broker; without the first the others are not looked at. */
export const mqttVariables = {
  NUXT_MQTT_URL: z
    .string()
    .regex(
      /^mqtts?:\/\/[^/@?#]+\/?$/,
      'expected mqtt:// or mqtts://, a host, and no user or password',
    )
    .optional(),
  NUXT_MQTT_USERNAME: z.string().optional(),
  NUXT_MQTT_PASSWORD: z.string().optional(),
  NUXT_MQTT_CLIENT_ID: level.default('gridwitness'),
  NUXT_MQTT_GROUP: level.optional(),
  NUXT_MQTT_CA_FILE: fileText.optional(),
  NUXT_MQTT_CERT_FILE: fileText.optional(),
  NUXT_MQTT_KEY_FILE: fileText.optional(),
  NUXT_MQTT_MAX_IN_FLIGHT: z
    .string()
    .regex(/^\d{1,5}$/, 'expected a whole number from 1 to 10000')
    .transform(Number)
    .pipe(z.number().min(1, 'expected 1 to 10000').max(10_000, 'expected 1 to 10000'))
    .default(512),
}

/** How to reach the broker; null where there is none. Throws a `MalformedError` for half a certificate. */
export function mqttSettings(config: Config) {
  if (config.NUXT_MQTT_URL === undefined) return null
  const group = config.NUXT_MQTT_GROUP
  if ((config.NUXT_MQTT_CERT_FILE === undefined) !== (config.NUXT_MQTT_KEY_FILE === undefined)) {
    throw new MalformedError('configuration', [
      {
        path: 'NUXT_MQTT_KEY_FILE',
        message: 'expected together with NUXT_MQTT_CERT_FILE or not at all',
      },
    ])
  }
  return {
    url: config.NUXT_MQTT_URL,
    filter: group === undefined ? TOPIC_FILTER : `$share/${group}/${TOPIC_FILTER}`,
    clientId: config.NUXT_MQTT_CLIENT_ID,
    maxInFlight: config.NUXT_MQTT_MAX_IN_FLIGHT,
    username: config.NUXT_MQTT_USERNAME,
    password: config.NUXT_MQTT_PASSWORD,
    ca: config.NUXT_MQTT_CA_FILE,
    cert: config.NUXT_MQTT_CERT_FILE,
    key: config.NUXT_MQTT_KEY_FILE,
  }
}
