import fc from 'fast-check'
import { z } from 'zod'

/** Requests made up from what the portal's OpenAPI document says of a call: some that fit, some that nearly do, some that do not. */

const schemaSchema = z.record(z.string(), z.json())
type Schema = z.infer<typeof schemaSchema>

const operationSchema = z.looseObject({
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean(),
        schema: schemaSchema,
      }),
    )
    .default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: schemaSchema.optional() })) })
    .optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
})
export type Operation = z.infer<typeof operationSchema>

export const describedSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), schemaSchema) }),
})
export type Described = z.infer<typeof describedSchema>

export interface MadeUp {
  path: string
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | undefined
}

const MAX_ITEMS = 3
/** What looks like text to one and like a command to another. */
const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  'null',
  '../../etc/passwd',
  '%00',
  '{"$gt":""}',
  '[]',
  '\u202e',
  "';--",
  '<script>',
]
const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 40, unit: 'binary' }))

/** Requests of one call. `known` are values that exist, by the name of a parameter. */
export function requestsOf(
  described: Described,
  template: string,
  { parameters, requestBody }: Operation,
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<MadeUp> {
  const valueOf = ({ name, schema }: Operation['parameters'][number]) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...(known[name] ?? ['0'])) },
      { weight: 3, arbitrary: fitting(described, schema).map(String) },
      { weight: 1, arbitrary: nasty },
    )
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const membersOf = (of: typeof parameters) =>
    Object.fromEntries(of.map((parameter) => [parameter.name, valueOf(parameter)]))
  const required = inQuery.filter((parameter) => parameter.required).map(({ name }) => name)
  return fc
    .record({
      path: fc.record(membersOf(inPath)),
      query: fc.oneof(
        { weight: 4, arbitrary: fc.record(membersOf(inQuery), { requiredKeys: required }) },
        { weight: 1, arbitrary: fc.dictionary(nasty, nasty, { maxKeys: 2 }) },
      ),
      sent: requestBody ? bodyOf(described, requestBody.content) : fc.constant(NOTHING),
    })
    .map(({ path, query, sent }) => {
      const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(Reflect.get(path, name)).toWellFormed()),
      )
      const asked = new URLSearchParams(
        Object.entries(query).map(([name, value]) => [name, String(value)]),
      )
      return { path: `${filled}?${asked.toString()}`, ...sent }
    })
}

type Sent = Pick<MadeUp, 'headers' | 'body'>
const NOTHING: Sent = { headers: {}, body: undefined }

function bodyOf(
  described: Described,
  content: NonNullable<Operation['requestBody']>['content'],
): fc.Arbitrary<Sent> {
  const types = Object.keys(content)
  const typed = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...types) },
    { weight: 1, arbitrary: fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', '') },
  )
  const schemas = Object.values(content).flatMap(({ schema }) => (schema ? [schema] : []))
  const json = schemas.map((schema) =>
    fc
      .tuple(fitting(described, schema), fc.option(fc.tuple(fc.nat(), fc.jsonValue()), { freq: 2 }))
      .map(([value, change]) => JSON.stringify(change ? spoilt(value, ...change) : value)),
  )
  const bytes = fc.uint8Array({ maxLength: 200 }).map((given) => new Uint8Array(given))
  return fc.record({
    headers: typed.map((type) => ({ 'content-type': type })),
    body: fc.oneof(
      ...json.map((arbitrary) => ({ weight: 6, arbitrary })),
      { weight: 1, arbitrary: bytes },
      { weight: 1, arbitrary: fc.json() },
    ),
  })
}

/** The same with one member, somewhere, replaced by anything. */
function spoilt(value: unknown, at: number, by: unknown): unknown {
  if (value === null || typeof value !== 'object') return by
  const entries = Object.entries(value)
  if (entries.length === 0) return by
  const [name, inner] = entries[at % entries.length] ?? ['', null]
  const next = at % 2 === 0 ? by : spoilt(inner, Math.floor(at / 2), by)
  return Array.isArray(value)
    ? value.map((item: unknown, index) => (String(index) === name ? next : item))
    : { ...value, [name]: next }
}

/** Values a schema allows, as far as JSON Schema is used by the document. */
function fitting(described: Described, schema: Schema): fc.Arbitrary<unknown> {
  const of = (inner: unknown) => fitting(described, schemaSchema.catch({}).parse(inner))
  const listOf = (inner: unknown) => z.array(z.unknown()).catch([]).parse(inner)
  const choices = [...listOf(schema.oneOf), ...listOf(schema.anyOf)]
  if (typeof schema.$ref === 'string')
    return of(described.components.schemas[schema.$ref.split('/').at(-1) ?? ''])
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  if (choices.length > 0) return fc.oneof(...choices.map(of))
  const all = listOf(schema.allOf)
  if (all.length > 0) return fc.tuple(...all.map(of)).map((parts) => Object.assign({}, ...parts))
  return ofType(schema, of)
}

function ofType(schema: Schema, of: (inner: unknown) => fc.Arbitrary<unknown>) {
  const number = (name: string, otherwise: number) =>
    z.number().catch(otherwise).parse(schema[name])
  switch (schema.type) {
    case 'string':
      return texts(schema, number('maxLength', 60))
    case 'integer':
      return fc.integer({ min: clamp(number('minimum', 0)), max: clamp(number('maximum', 10_000)) })
    case 'number':
      return fc.double({ min: number('minimum', -180), max: number('maximum', 180), noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const minLength = Math.min(number('minItems', 0), MAX_ITEMS)
      return fc.array(of(schema.items ?? {}), { minLength, maxLength: MAX_ITEMS })
    }
    case 'object': {
      const members = Object.entries(schemaSchema.catch({}).parse(schema.properties))
      const required = z.array(z.string()).catch([]).parse(schema.required)
      const arbitraries = Object.fromEntries(members.map(([name, inner]) => [name, of(inner)]))
      const requiredKeys = required.filter((name) => name in arbitraries)
      return fc.record(arbitraries, { requiredKeys })
    }
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

/** A 32-bit whole number, which fast-check makes. */
const clamp = (value: number): number =>
  Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.ceil(value)))

function texts({ pattern, format }: Schema, maxLength: number): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2100-01-01') })
      .map((at) => at.toISOString())
  const plain = fc.string({ maxLength: Math.min(maxLength, 60), unit: 'grapheme' })
  if (typeof pattern !== 'string') return plain
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'))
  } catch {
    // Some constructs cannot be made up backwards.
    return plain
  }
}
