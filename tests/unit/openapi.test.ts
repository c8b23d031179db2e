import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openApiDocument } from '../../shared/api/openapi.ts'
import { REJECTION_CODES } from '../../shared/api/readings.ts'
import { parseProofBundle } from '../../shared/proof/index.ts'
import { events, proofOf, records } from './shared/verification/fixture.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

const parameterSchema = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: z.record(z.string(), z.json()),
  description: z.string().min(10),
  example: z.json(),
})
const mediaTypes = z.record(
  z.string().regex(/^[a-z]+\/[a-z0-9.+-]+(?:; .+)?$/),
  z.looseObject({ schema: z.record(z.string(), z.json()).optional() }),
)
const operationSchema = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  description: z.string().min(1).optional(),
  parameters: z.array(parameterSchema).optional(),
  requestBody: z.strictObject({ required: z.literal(true), content: mediaTypes }).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.json()).optional(),
      content: mediaTypes.optional(),
    }),
  ),
})
/** The shape of OpenAPI 3.1.0 §4.8, as far as this document uses it. */
const documentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(METHODS), operationSchema)),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), z.record(z.string(), z.json())),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(['http', 'apiKey']) })),
  }),
})

const document = documentSchema.parse(openApiDocument())
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) =>
    operation ? [{ path, method, operation }] : [],
  ),
)
const callOf = ({ path, method }: { path: string; method: string }) => `${method} ${path}`

/** Nitro's file routing: `[x]` is a parameter, `index` its folder, the word before `.ts` the method. */
async function callsOf(folder: string, prefix: string): Promise<string[]> {
  const calls: string[] = []
  for await (const file of glob(['**/*.ts', '.*/*.ts'], { cwd: `${ROOT}${folder}` })) {
    const [, route, method] = /^(.+)\.(\w+)\.ts$/.exec(file) ?? []
    if (route === undefined || method === undefined) continue
    const path = `/${route}`.replaceAll(/\[(\w+)\]/g, '{$1}').replace(/\/index$/, '')
    calls.push(`${method} ${prefix}${path}`)
  }
  return calls
}

function* refsIn(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref') yield String(inner)
    else yield* refsIn(inner)
  }
}

/** A component as a validator of its own: what it refers to comes along. */
const validatorOf = (name: string) =>
  z.fromJSONSchema(
    JSON.parse(
      JSON.stringify({
        ...document.components.schemas[name],
        $defs: document.components.schemas,
      }).replaceAll('#/components/schemas/', '#/$defs/'),
    ),
  )

describe('the OpenAPI document', () => {
  it('has every call the server answers, and no other', async () => {
    const served = [
      ...(await callsOf('server/api', '/api')),
      ...(await callsOf('server/routes', '')),
    ]
    expect(operations.map(callOf).sort()).toEqual(served.sort())
  })

  it('shows of every parameter an example that it takes', () => {
    for (const { operation } of operations)
      for (const { name, schema, example } of operation.parameters ?? [])
        expect(
          z.fromJSONSchema(JSON.parse(JSON.stringify(schema))).safeParse(example).success,
          `${operation.operationId} ${name}`,
        ).toBe(true)
  })

  it('names only components it holds, and holds none that nothing names', () => {
    const refs = new Set(refsIn(document))
    const held = Object.keys(document.components.schemas).map(
      (name) => `#/components/schemas/${name}`,
    )
    expect([...refs].sort()).toEqual(held.sort())
  })

  it('gives every operation an id of its own', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('describes exactly the parameters a path has', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(
        described.map(({ name }) => name),
        path,
      ).toEqual(inPath)
      expect(
        described.every(({ required }) => required),
        path,
      ).toBe(true)
    }
  })

  it('gives what is written in an address the bounds it is held to', () => {
    const schemaOf = (path: string, name: string) =>
      document.paths[path]?.get?.parameters?.find((one) => one.name === name)?.schema
    expect(schemaOf('/api/v1/complaints/nearby', 'latitude')).toMatchObject({
      ...{ type: 'number', minimum: -90, maximum: 90 },
    })
    expect(schemaOf('/api/v1/readings', 'seq')).toMatchObject({ type: 'integer', minimum: 1 })
    const box = new RegExp(String(schemaOf('/api/v1/map', 'bbox')?.pattern))
    expect(['', '1,2,3', ',,,', '-86.5,37,-85,38.5'].map((text) => box.test(text))).toEqual([
      ...[false, false, false, true],
    ])
  })

  it('answers every refusal with a problem document', () => {
    for (const { path, method, operation } of operations) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        if (Number(status) < 400 || (path === '/ready' && status === '503')) continue
        // GeoReport has a form of its own; what fails before it is reached has ours.
        const isGeoReport = path.startsWith('/open311/') && Number(status) < 500
        expect(Object.keys(content), `${method} ${path} ${status}`).toEqual([
          'application/problem+json',
          ...(isGeoReport ? ['application/json', 'text/xml'] : []),
        ])
      }
    }
  })

  it('asks a token or a session of exactly the routes that ask for one', async () => {
    const guarded: string[] = []
    for await (const file of glob('server/{api,routes}/**/*.ts', { cwd: ROOT })) {
      if (/\brequire(?:Access|Token|\w*Session)\(/.test(await readFile(`${ROOT}${file}`, 'utf8')))
        guarded.push(file)
    }
    const described = operations.filter(({ operation }) => operation.security !== undefined)
    expect(described.length).toBe(guarded.length)
    for (const { path, operation } of described) {
      expect(path).toMatch(/^\/(?:api\/v1\/(?:admin|account|session)\/|metrics$)/)
      for (const scheme of operation.security ?? [])
        expect(document.components.securitySchemes).toHaveProperty(Object.keys(scheme))
      expect(operation.responses).toHaveProperty('401')
    }
  })

  it('names every code by which a reading may be rejected', () => {
    const { responses } = document.paths['/api/v1/readings']?.post ?? {}
    const said = Object.values(responses ?? {}).map(({ description }) => description)
    for (const code of REJECTION_CODES) expect(said.join('\n')).toContain(`\`${code}\``)
  })

  it('describes proof bundles as the verifier parses them', () => {
    const bundle: Record<string, unknown> = { ...proofOf(records.reading, events.pumpEnrolled) }
    const validator = validatorOf('ProofBundle')
    const isTaken = (value: unknown) => {
      try {
        parseProofBundle(value)
        return true
      } catch {
        return false
      }
    }
    expect(isTaken(bundle)).toBe(true)
    expect(validator.safeParse(bundle).error).toBeUndefined()
    expect(validator.safeParse({ ...bundle, surplus: 1 }).success).toBe(false)
    for (const left of Object.keys(bundle)) {
      const rest = Object.fromEntries(Object.entries(bundle).filter(([name]) => name !== left))
      expect(validator.safeParse(rest).success, `without ${left}`).toBe(isTaken(rest))
    }
  })
})
