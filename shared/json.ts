import canonicalize from 'canonicalize'
import { fromUtf8, utf8 } from './bytes.ts'
import { CodedError } from './coded-error.ts'

/** Deepest nesting accepted; our own documents need five levels. */
const MAX_DEPTH = 32

/** Canonical bytes of a JSON value: RFC 8785 (JCS), UTF-8, no newline. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8(canonicalText(value))
}

/** Canonical text of a JSON value, RFC 8785; throws `malformed` for what JSON cannot hold. */
export function canonicalText(value: unknown): string {
  let text: string | undefined
  try {
    text = canonicalize(value)
  } catch (cause) {
    throw new CodedError(
      'malformed',
      `JSON: ${cause instanceof Error ? cause.message : 'not representable'}`,
      {
        cause,
      },
    )
  }
  if (text === undefined)
    throw new CodedError('malformed', `JSON: expected a value, got ${typeof value}`)
  return text
}

/**
 * Parses I-JSON (RFC 7493) strictly: duplicate names, lone surrogates and numbers outside ±(2^53−1) are refused, and so
 * is the name `__proto__`, which JavaScript drops where objects are copied. Throws `malformed`.
 */
export function parseJson(input: string | Uint8Array): unknown {
  const text = typeof input === 'string' ? input : fromUtf8(input)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CodedError(
      'malformed',
      `JSON: ${cause instanceof Error ? cause.message : 'syntax error'}`,
      { cause },
    )
  }
  refuseBeyondIJson(text)
  return value
}

/**
 * As `parseJson`, for documents in which every byte counts: strings and numbers must be spelled as RFC 8785 spells them,
 * and tabs are refused, so that no two texts one bit apart mean the same. Throws `malformed`.
 */
export function parseExactJson(input: string | Uint8Array): unknown {
  const value = parseJson(input)
  const text = typeof input === 'string' ? input : fromUtf8(input)
  if (text.includes('\t'))
    throw new CodedError('malformed', 'JSON: expected no tabs between its parts')
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^[{}[\],:]/.test(token)) continue
    const exact = JSON.stringify(JSON.parse(token))
    if (token !== exact) {
      throw new CodedError(
        'malformed',
        `JSON: expected ${exact.slice(0, 80)} spelled so, got ${token.slice(0, 80)}`,
      )
    }
  }
  return value
}

/** Strings, numbers and structure of a text that JSON.parse has already accepted. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g

function refuseBeyondIJson(text: string): void {
  const names: (Set<string> | null)[] = []
  let expectsName = false
  for (const [token] of text.matchAll(TOKEN)) {
    const first = token[0]
    if (first === '{' || first === '[') {
      names.push(first === '{' ? new Set() : null)
      expectsName = first === '{'
      if (names.length > MAX_DEPTH) {
        throw new CodedError('malformed', `JSON: expected at most ${MAX_DEPTH} levels, got more`)
      }
    } else if (first === '}' || first === ']') {
      names.pop()
      expectsName = false
    } else if (first === ',') {
      expectsName = names.at(-1) instanceof Set
    } else if (first === ':') {
      expectsName = false
    } else if (first === '"') {
      checkString(token, expectsName ? names.at(-1) : null)
    } else if (Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER) {
      throw new CodedError(
        'malformed',
        `JSON: expected numbers within ±(2^53−1), got ${token.slice(0, 40)}`,
      )
    }
  }
}

function checkString(token: string, names: Set<string> | null | undefined): void {
  const string = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1)
  if (!string.isWellFormed()) throw new CodedError('malformed', 'JSON: lone surrogate in a string')
  if (!names) return
  if (string === '__proto__')
    throw new CodedError('malformed', 'JSON: name "__proto__" is not allowed')
  if (names.has(string))
    throw new CodedError('malformed', `JSON: name "${string.slice(0, 80)}" appears twice`)
  names.add(string)
}
