import { areaIdField } from '../shared/fields.ts'
import { CliError } from './cli-error.ts'

/** Properties of a GeoJSON feature. */
export type Properties = Record<string, unknown>

const PLACEHOLDER = /\{([^{}]+)\}/g

/** Makes an area id of a feature's properties. Throws `unreadable`. */
export type IdPattern = (properties: Properties) => string

/**
 * Reads a pattern such as `in-br-{dt_cen_cd}`: each `{property}` is replaced by that property's value in the alphabet of ids.
 * Throws `usage` where braces do not pair.
 */
export function idPattern(option: string, pattern: string): IdPattern {
  const rest = pattern.replaceAll(PLACEHOLDER, '')
  if (/[{}]/.test(rest) || !/^[a-z0-9-]*$/.test(rest)) {
    throw new CliError(
      'usage',
      `--${option}: expected a–z, 0–9, - and {property}, got "${pattern}"`,
    )
  }
  return (properties) => {
    const id = pattern.replaceAll(PLACEHOLDER, (_, name: string) => slug(name, properties))
    if (areaIdField.safeParse(id).success) return id
    throw new CliError(
      'unreadable',
      `--${option} ${pattern}: expected 1 to 31 of a–z, 0–9 and -, not beginning with -, got "${id}" (${id.length})`,
    )
  }
}

/** A property as text. Throws `unreadable` where it is neither text nor a number, or empty. */
export function propertyText(name: string, properties: Properties): string {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  if (text !== '') return text
  throw new CliError(
    'unreadable',
    `property "${name}": expected text or a number, got ${JSON.stringify(value) ?? 'none'}`,
  )
}

/** `Purba Champāran (E)` becomes `purba-champaran-e`: marks go, what is neither letter nor digit becomes one hyphen. */
function slug(name: string, properties: Properties): string {
  const text = propertyText(name, properties)
  const short = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (short !== '') return short
  throw new CliError(
    'unreadable',
    `property "${name}": expected letters of a–z or digits, got "${text}"`,
  )
}
