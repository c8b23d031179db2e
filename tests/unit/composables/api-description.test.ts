import { describe, expect, it } from 'vitest'
import { curlOf, describeApi, valueOf } from '../../../composables/api/describe.ts'
import type { OpenApiDocument } from '../../../composables/api/document.ts'
import { openApiDocument } from '../../../shared/api/openapi.ts'

const document: OpenApiDocument = JSON.parse(JSON.stringify(openApiDocument()))
const { nouns, shapes } = describeApi(document)
const calls = nouns.flatMap((noun) => noun.calls)
const call = (id: string) => {
  const found = calls.find((one) => one.id === id)
  if (!found) throw new Error(`expected a call ${id}`)
  return found
}

describe('the page of the API', () => {
  it('tells every call of the document once, and every shape', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    )
    expect(calls.map(({ id }) => id).sort()).toEqual(ids.sort())
    expect(shapes.map(({ name }) => name)).toEqual(Object.keys(document.components.schemas))
  })

  it('leads from every call to shapes that it tells', () => {
    const told = new Set(shapes.map(({ name }) => name))
    const named = calls.flatMap(({ bodies, answers }) =>
      [...bodies, ...answers.flatMap((answer) => answer.bodies)].flatMap(
        ({ value }) => value?.shapes ?? [],
      ),
    )
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((name) => !told.has(name))).toEqual([])
  })

  it('says values in one line', () => {
    expect(valueOf({ type: 'string', format: 'date-time' }).text).toBe('string (date-time)')
    expect(valueOf({ enum: ['ON', 'OFF'] }).text).toBe('"ON" or "OFF"')
    expect(valueOf({ anyOf: [{ $ref: '#/components/schemas/Outage' }, { type: 'null' }] })).toEqual(
      { text: 'Outage or null', shapes: ['Outage'] },
    )
    expect(valueOf({ type: 'array', items: { type: 'integer' } }).text).toBe('array of integer')
  })

  it('gives a command for each call, with what it needs', () => {
    expect(curlOf('https://portal.example', call('listOutages'))).toBe(
      `curl 'https://portal.example/api/v1/outages'`,
    )
    expect(curlOf('https://portal.example', call('postReadings'))).toBe(
      `curl --request POST --header 'content-type: application/json' --data @BODY 'https://portal.example/api/v1/readings'`,
    )
    expect(curlOf('https://portal.example', call('getMetrics'))).toContain('Bearer $TOKEN')
  })
})
