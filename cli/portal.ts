import { z } from 'zod'
import { problemSchema } from '../shared/api/problem.ts'
import { messageOf } from '../shared/coded-error.ts'
import { parseJson } from '../shared/json.ts'
import { parseAs } from '../shared/parse.ts'
import { CliError } from './cli-error.ts'

const REQUEST_TIMEOUT_MS = 60_000
const SERVER_ERROR = 500
const TOO_MANY_REQUESTS = 429

export interface PortalRequest {
  /** Address of the portal, with or without a slash at the end. */
  portalUrl: string
  method: 'GET' | 'POST' | 'PUT'
  /** Below `/api/v1/`. */
  path: string
  adminToken?: string
  body?: unknown
  /** In place of a JSON body. */
  raw?: { type: string; bytes: Uint8Array<ArrayBuffer> }
}

/**
 * The portal's answer as JSON, undefined where it has no body. Throws `refused` with the problem document as a sentence,
 * and `unreachable` where the portal did not answer, or not as a portal does.
 */
export async function askPortal(request: PortalRequest): Promise<unknown> {
  const { portalUrl, method, path, adminToken } = request
  const body = bodyOf(request)
  const url = new URL(`api/v1/${path}`, portalUrl.endsWith('/') ? portalUrl : `${portalUrl}/`)
  let status: number
  let text: string
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body && { 'content-type': body.type }),
        ...(adminToken !== undefined && { authorization: `Bearer ${adminToken}` }),
      },
      ...(body && { body: body.content }),
      // A token goes where its owner sent it and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    status = response.status
    text = await response.text()
  } catch (cause) {
    throw new CliError(
      'unreachable',
      `portal: expected an answer from ${url.href}, got none (${reasonOf(cause)})`,
      {
        cause,
      },
    )
  }
  if (status >= 300) throw refusal(status, text, url)
  return text === '' ? undefined : asAnswer(z.unknown(), () => parseJson(text), url)
}

function bodyOf({ body, raw }: PortalRequest) {
  if (raw) return { type: raw.type, content: raw.bytes }
  return body === undefined
    ? undefined
    : { type: 'application/json', content: JSON.stringify(body) }
}

/** What the portal answered, by the schema of the API. Throws `unreachable`: what answers otherwise is no portal. */
export async function askPortalFor<Schema extends z.ZodType>(
  schema: Schema,
  request: PortalRequest,
): Promise<z.output<Schema>> {
  const answer = await askPortal(request)
  return asAnswer(schema, () => answer, request.path)
}

/** Items a page: the most that the API hands out at once. */
const PAGE_SIZE = 500

/** Every item of a list, page after page, `query` being the members but cursor and limit. Throws as `askPortalFor` does. */
export async function askPortalForAll<Item>(
  schema: z.ZodType<{ items: Item[]; next: string | null }>,
  { portalUrl, path, query }: { portalUrl: string; path: string; query: Record<string, string> },
): Promise<Item[]> {
  const found: Item[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const members = { ...query, limit: String(PAGE_SIZE), ...(cursor !== '' && { cursor }) }
    const page: { items: Item[]; next: string | null } = await askPortalFor(schema, {
      portalUrl,
      method: 'GET',
      path: `${path}?${new URLSearchParams(members).toString()}`,
    })
    if (page.items.length === 0 && page.next !== null) {
      throw new CliError('unreachable', `portal: expected items on each page of ${path}, got none`)
    }
    found.push(...page.items)
    cursor = page.next
  }
  return found
}

function asAnswer<Schema extends z.ZodType>(
  schema: Schema,
  read: () => unknown,
  from: URL | string,
): z.output<Schema> {
  try {
    return parseAs(schema, read(), 'answer')
  } catch (cause) {
    throw new CliError(
      'unreachable',
      `portal: expected an answer of the API from ${from}, got another: ${messageOf(cause)}`,
      {
        cause,
      },
    )
  }
}

function refusal(status: number, text: string, url: URL): CliError {
  const code = status >= SERVER_ERROR || status === TOO_MANY_REQUESTS ? 'unreachable' : 'refused'
  const problem = problemIn(text)
  if (!problem) {
    return new CliError(
      'unreachable',
      `portal: expected an answer of the API from ${url.href}, got status ${status}`,
    )
  }
  const { title, detail, errors = [] } = problem
  const places = errors.map(({ path, message }) => `; ${path}: ${message}`).join('')
  return new CliError(
    code,
    `the portal refused (${status} ${problem.code}, ${title}): ${detail}${places}`,
  )
}

function problemIn(text: string) {
  try {
    return problemSchema.parse(parseJson(text))
  } catch {
    // A proxy in between answers in its own way.
    return undefined
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : messageOf(cause)
}
