import type { JsonSchema, OpenApiDocument, OpenApiOperation } from './document.ts'

/** The API as the page tells it: calls by noun, and the shapes they name. */

export interface ApiValue {
  /** In words of the document: "string (date-time)", "Outages". */
  text: string
  /** Named shapes in it. */
  shapes: string[]
}

export interface ApiBody {
  mediaType: string
  value: ApiValue | null
}

export interface ApiCall {
  id: string
  method: string
  path: string
  summary: string
  description: string
  parameters: {
    name: string
    in: 'path' | 'query' | 'header'
    isRequired: boolean
    value: ApiValue
    description: string
    example: string
  }[]
  bodies: ApiBody[]
  answers: { status: string; description: string; bodies: ApiBody[] }[]
  access: ('bearer' | 'session')[]
}

export interface ApiShape {
  name: string
  /** Null where it is not an object of named members. */
  members: { name: string; isRequired: boolean; value: ApiValue }[] | null
  value: ApiValue
}

export interface ApiDescription {
  nouns: { noun: string; calls: ApiCall[] }[]
  shapes: ApiShape[]
}

const REF = '#/components/schemas/'
/** So long an enumeration or a nesting is still read at a glance. */
const MAX_CHOICES = 8

/** What a schema says, in one line. */
export function valueOf(schema: JsonSchema): ApiValue {
  const shapes: string[] = []
  const text = textOf(schema, shapes)
  return { text, shapes: [...new Set(shapes)] }
}

function textOf(schema: JsonSchema, shapes: string[]): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace(REF, '')
    shapes.push(name)
    return name
  }
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return choices(schema.enum.map((value) => JSON.stringify(value)))
  const either = schema.anyOf ?? schema.oneOf
  if (either) return choices([...new Set(either.map((one) => textOf(one, shapes)))])
  if (schema.prefixItems)
    return `[${schema.prefixItems.map((one) => textOf(one, shapes)).join(', ')}]`
  if (typeof schema.items === 'object') return `array of ${textOf(schema.items, shapes)}`
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`
  const type = [schema.type ?? 'any'].flat().join(' or ')
  return schema.format === undefined ? type : `${type} (${schema.format})`
}

const choices = (texts: string[]): string =>
  texts.length > MAX_CHOICES ? `${texts.slice(0, MAX_CHOICES).join(' or ')} …` : texts.join(' or ')

const bodiesOf = (
  content: NonNullable<OpenApiOperation['requestBody']>['content'] = {},
): ApiBody[] =>
  Object.entries(content).map(([mediaType, { schema }]) => ({
    mediaType,
    value: schema ? valueOf(schema) : null,
  }))

const callOf = (path: string, method: string, operation: OpenApiOperation): ApiCall => ({
  id: operation.operationId,
  method: method.toUpperCase(),
  path,
  summary: operation.summary,
  description: operation.description ?? '',
  parameters: (operation.parameters ?? []).map((parameter) => ({
    name: parameter.name,
    in: parameter.in,
    isRequired: parameter.required,
    value: valueOf(parameter.schema),
    description: parameter.description,
    example: String(parameter.example),
  })),
  bodies: bodiesOf(operation.requestBody?.content),
  answers: Object.entries(operation.responses).map(([status, { description, content }]) => ({
    status,
    description,
    bodies: bodiesOf(content),
  })),
  access: (['bearer', 'session'] as const).filter((name) =>
    operation.security?.some((scheme) => name in scheme),
  ),
})

const shapeOf = (name: string, schema: JsonSchema): ApiShape => ({
  name,
  members: schema.properties
    ? Object.entries(schema.properties).map(([member, value]) => ({
        name: member,
        isRequired: schema.required?.includes(member) ?? false,
        value: valueOf(value),
      }))
    : null,
  value: valueOf(schema),
})

/** Calls by noun in the order of the document. */
export function describeApi({ paths, components }: OpenApiDocument): ApiDescription {
  const calls = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      noun: operation.tags[0] ?? '',
      call: callOf(path, method, operation),
    })),
  )
  return {
    nouns: [...Map.groupBy(calls, ({ noun }) => noun)].map(([noun, ofNoun]) => ({
      noun,
      calls: ofNoun.map(({ call }) => call),
    })),
    shapes: Object.entries(components.schemas).map(([name, schema]) => shapeOf(name, schema)),
  }
}

/** A `curl` that makes the call; what the caller must put in stands in braces or capitals. */
export function curlOf(
  origin: string,
  { method, path, parameters, bodies, access }: ApiCall,
): string {
  const needed = parameters.filter((one) => one.in === 'query' && one.isRequired)
  const query = needed.map(({ name }) => `${name}={${name}}`).join('&')
  const type = bodies[0]?.mediaType
  return [
    'curl',
    ...(method === 'GET' ? [] : [`--request ${method}`]),
    ...(access.includes('bearer') ? [`--header "authorization: Bearer $TOKEN"`] : []),
    ...(type === undefined ? [] : [`--header 'content-type: ${type}'`, '--data @BODY']),
    `'${origin}${path}${query === '' ? '' : `?${query}`}'`,
  ].join(' ')
}
