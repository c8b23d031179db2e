import type { z } from 'zod'
import { CodedError } from './coded-error.ts'

export interface ParseIssue {
  /** Dotted path to the member, empty for the whole value. */
  path: string
  message: string
}

/** What a strict parse throws: code `malformed`, with one issue for every member at fault. */
export class MalformedError extends CodedError<'malformed'> {
  readonly issues: ParseIssue[]

  constructor(what: string, issues: ParseIssue[]) {
    super(
      'malformed',
      `${what}: ${issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')}`,
    )
    this.issues = issues
  }
}

const SHOWN_CHARACTERS = 60

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value)
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

/** The schema library's own words, cut to what was expected. */
const expectation = (message: string): string =>
  message.replace(/^Invalid (?:input|option): /, '').replace(/, received .*$/, '')

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined,
    root,
  )
}

/** Parses `value` by `schema`, or throws a `MalformedError` that says which member, what was expected and what came. */
export function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new MalformedError(
    what,
    result.error.issues.map((issue) => ({
      path: issue.path.map(String).join('.'),
      message:
        issue.code === 'unrecognized_keys'
          ? `unknown member ${issue.keys.map(show).join(', ')}`
          : `${expectation(issue.message)}, got ${show(valueAt(value, issue.path))}`,
    })),
  )
}
