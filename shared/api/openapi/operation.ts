import type { z } from 'zod'
import { PROBLEM_STATUS, type ProblemCode } from '../problem.ts'
import { toldOf } from './parameters.ts'
import { inlineSchema, LISTS, ref, type Json, type JsonObject, type SchemaName } from './schemas.ts'

export type Method = 'get' | 'post' | 'put' | 'delete'
/** Operations of one path, by method. */
export type PathItem = Partial<Record<Method, JsonObject>>
export type Paths = Record<string, PathItem>

export type Tag =
  | 'readings'
  | 'records'
  | 'ledger'
  | 'map'
  | 'outages'
  | 'feeds'
  | 'devices'
  | 'accounts'
  | 'complaints'
  | 'open311'
  | 'admin'
  | 'service'

interface Described {
  operationId: string
  tag: Tag
  summary: string
  /** What the summary leaves out; in CommonMark. */
  description?: string
  /** Path parameters by name. */
  params?: Record<string, z.ZodType>
  query?: z.ZodType
  /** Header fields a caller may send, by name. */
  headers?: Record<string, z.ZodType>
  body?: JsonObject
  /** Media types the body may come in besides JSON, or instead of it where there is no `body`. */
  otherTypes?: JsonObject
  /** Answers other than problems, by status. */
  answers: Record<number, JsonObject>
  /** Codes of the problem documents this call may answer, beside those its parts imply. */
  problems?: readonly ProblemCode[]
  /** Media types of a form of its own in which most refusals come. */
  refusalTypes?: readonly string[]
  /** A bearer token opens it. */
  needsToken?: boolean
  /** The cookie of someone signed in opens it; writes must come from the portal's own pages. */
  needsSession?: boolean
  /** Never refused for being asked too often: by this the portal is watched. */
  isUncounted?: boolean
}

const INTERNAL_STATUS = 500

/** One operation of the document. Parameters, a body and a token bring the problems by which they are refused. */
export function operation(described: Described): JsonObject {
  const {
    operationId,
    tag,
    summary,
    description,
    params = {},
    query,
    headers = {},
    body,
    answers,
  } = described
  const { needsToken = false, needsSession = false, isUncounted = false } = described
  const { problems = [], otherTypes = {}, refusalTypes = [] } = described
  const codes = new Set<ProblemCode>(problems)
  if (!isUncounted) codes.add('rate_limited')
  if (query !== undefined || Object.keys(params).length > 0) codes.add('malformed')
  if (body !== undefined)
    for (const code of ['malformed', 'too_large', 'unsupported_media_type'] as const)
      codes.add(code)
  if (needsToken || needsSession) codes.add('unauthorised')
  if (needsSession)
    for (const code of ['second_factor_required', 'forbidden', 'wrong_origin'] as const)
      codes.add(code)
  const content = { ...(body && { 'application/json': body }), ...otherTypes }
  const parameters = [
    ...Object.entries(params).map(([name, schema]) => pathParameter(name, schema)),
    ...(query === undefined ? [] : queryParameters(query)),
    ...Object.entries(headers).map(([name, schema]) => headerParameter(name, schema)),
  ].map((parameter) => ({
    ...parameter,
    ...toldOf(operationId, parameter.name, parameter.schema),
  }))
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(Object.keys(content).length > 0 && { requestBody: { required: true, content } }),
    ...((needsToken || needsSession) && {
      security: [
        ...(needsToken ? [{ bearer: [] }] : []),
        ...(needsSession ? [{ session: [] }] : []),
      ],
    }),
    responses: { ...answers, ...problemResponses(codes, refusalTypes) },
  }
}

interface Parameter extends JsonObject {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: JsonObject
}

const pathParameter = (name: string, schema: z.ZodType): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema: inlineSchema(schema),
})

const headerParameter = (name: string, schema: z.ZodType): Parameter => ({
  name,
  in: 'header',
  required: false,
  schema: inlineSchema(schema),
})

function queryParameters(query: z.ZodType): Parameter[] {
  const { properties, required } = inlineSchema(query)
  const needed = Array.isArray(required) ? required : []
  return Object.entries(Object(properties) as JsonObject).map(([name, schema]) => ({
    name,
    in: 'query' as const,
    required: needed.includes(name),
    schema: Object(schema),
  }))
}

function problemResponses(
  codes: ReadonlySet<ProblemCode>,
  refusalTypes: readonly string[],
): JsonObject {
  const byStatus = Map.groupBy(codes, (code) => PROBLEM_STATUS[code])
  const responses = [...byStatus].map(([status, ofStatus]): [number, Json] => [
    status,
    problemResponse(ofStatus.map((code) => `\`${code}\``).join(', '), {
      isTemporary: isTemporary(status),
      // What the server itself fails in is a problem document in any case.
      otherTypes: status < INTERNAL_STATUS ? refusalTypes : [],
    }),
  ])
  return Object.fromEntries([...responses, [INTERNAL_STATUS, problemResponse('`internal`')]])
}

/** Statuses that say when to try again. */
const isTemporary = (status: number): boolean => status === 429 || status === 503

const problemResponse = (
  codes: string,
  about: { isTemporary?: boolean; otherTypes?: readonly string[] } = {},
): JsonObject => ({
  description: `Problem document, code ${codes}`,
  ...(about.isTemporary && {
    headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
  }),
  content: {
    'application/problem+json': { schema: ref('Problem') },
    ...Object.fromEntries((about.otherTypes ?? []).map((type) => [type, {}])),
  },
})

/** An answer in JSON, by a named schema or one given. */
export const json = (description: string, schema: SchemaName | JsonObject): JsonObject => ({
  description,
  content: { 'application/json': { schema: typeof schema === 'string' ? ref(schema) : schema } },
})

/** Answers of which there may be a next page. */
const isList = (schema: SchemaName | JsonObject): boolean =>
  typeof schema === 'string' && LISTS.has(schema)

/** The answers of a read: the value with its ETag, in JSON if nothing else is said, or nothing new. */
export const read = (
  description: string,
  schema: SchemaName | JsonObject,
  mediaType = 'application/json',
) => ({
  200: {
    description,
    content: { [mediaType]: { schema: typeof schema === 'string' ? ref(schema) : schema } },
    headers: {
      ETag: { description: 'For `If-None-Match`', schema: { type: 'string' } },
      ...(isList(schema) && {
        Link: {
          description: 'With `rel="next"` where a page follows (RFC 8288)',
          schema: { type: 'string' },
        },
      }),
    },
  },
  304: { description: 'Not changed since the ETag named in `If-None-Match`' },
})

/** An answer of bytes, by its media types. */
export const bytes = (description: string, ...types: string[]): JsonObject => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, {}])),
})

export const oneOrMany = (name: SchemaName, most: number): JsonObject => ({
  oneOf: [ref(name), { type: 'array', items: ref(name), minItems: 1, maxItems: most }],
})

/** A body in JSON. */
export const body = (schema: SchemaName | JsonObject): JsonObject => ({
  schema: typeof schema === 'string' ? ref(schema) : schema,
})
