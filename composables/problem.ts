import type { Problem } from '../shared/api/problem.ts'

/** What went wrong, for a person: why, and what to do. */
export interface Trouble {
  code: string
  title: string
  detail: string
}

const UNREACHABLE: Trouble = {
  code: 'unreachable',
  title: 'The portal does not answer',
  detail: 'Check your connection and try again. What you see may be out of date.',
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
