import type { Problem } from '../shared/api/problem.ts'

/** What went wrong. Pages say it by its code (`useTroubleText`); title and detail are the portal's own, in English. */
export interface Trouble {
  code: string
  title: string
  /** Which, expected, got; null where there is nothing to add. */
  detail: string | null
}

const UNREACHABLE: Trouble = {
  code: 'unreachable',
  title: 'The portal does not answer',
  detail: null,
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  'title' in value &&
  'detail' in value

/** Reads the problem document (RFC 9457) out of a failed request; anything else means the portal was not reached. */
export function troubleOf(error: unknown): Trouble {
  const data =
    typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined
  const document = typeof data === 'string' ? parsed(data) : data
  if (!isProblem(document)) return UNREACHABLE
  return { code: document.code, title: document.title, detail: document.detail }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
