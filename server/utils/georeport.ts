import { createHash, timingSafeEqual } from 'node:crypto'
import type { EventHandler, H3Event } from 'h3'
import { create } from 'xmlbuilder2'
import { OPEN311_FORMATS, type Open311Format } from '../../shared/api/open311'
import { PROBLEM_STATUS, type ProblemCode } from '../../shared/api/problem'
import { CodedError } from '../../shared/coded-error'

/** How Open311 GeoReport v2 answers: JSON or XML by the end of the address, errors in a form of their own. */

/** What is answered, and the element names it has in XML. */
export interface GeoReport {
  root: string
  /** Name of each of the list; null for one object. */
  item: string | null
  value: object
  /** The same where lists in it have element names of their own. */
  xml?: object
}

const TYPES: Record<Open311Format, string> = {
  json: 'application/json; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
}

/** A door of Open311; `handler` is told the last part of the address without its format. */
export const open311Route = (
  handler: (event: H3Event, name: string) => GeoReport | Promise<GeoReport>,
): EventHandler =>
  apiRoute(async (event) => {
    setResponseHeader(event, 'access-control-allow-origin', '*')
    const { name, format } = documentOf(event)
    try {
      return rendered(event, format, await handler(event, name))
    } catch (error) {
      const status = statusOf(error)
      if (!(error instanceof CodedError) || status === null) throw error
      setResponseStatus(event, status)
      setResponseHeader(event, 'cache-control', 'no-store')
      const value = [{ code: status, description: error.message }]
      return rendered(event, format, { root: 'errors', item: 'error', value })
    }
  })

function documentOf(event: H3Event): { name: string; format: Open311Format } {
  const [, name, end] = /^(.+)\.(\w+)$/.exec(getRouterParam(event, 'document') ?? '') ?? []
  const format = OPEN311_FORMATS.find((known) => known === end)
  if (name === undefined || format === undefined) throw noSuchDocument(event)
  return { name, format }
}

export const noSuchDocument = (event: H3Event) =>
  new CodedError('not_found', `${event.path.split('?')[0]}: expected an address of docs/open311.md`)

const statusOf = (error: unknown): number | null => {
  if (!(error instanceof CodedError)) return null
  const code: string = error.code
  const isKnown = (text: string): text is ProblemCode => Object.hasOwn(PROBLEM_STATUS, text)
  return isKnown(code) ? PROBLEM_STATUS[code] : null
}

function rendered(
  event: H3Event,
  format: Open311Format,
  { root, item, value, xml = value }: GeoReport,
): string {
  setResponseHeader(event, 'content-type', TYPES[format])
  if (format === 'json') return JSON.stringify(value)
  const content = item === null ? xml : { [item]: xml }
  return create({ version: '1.0', encoding: 'utf-8' }, { [root]: content }).end()
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether an app's key is one of the operator's, compared in constant time. */
export const isOpen311Key = (key: string): boolean =>
  (useComposition().config.NUXT_OPEN311_KEYS ?? []).some((known) =>
    timingSafeEqual(digest(known), digest(key)),
  )
