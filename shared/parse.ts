import type { z } from 'zod'
import { CodedError } from './coded-error.ts'
import { expectations } from './expectations.ts'

export interface ParseIssue {
  /** Dotted path to the member; for the whole value, what it is. */
  path: string
  message: string
}

/** What a strict parse throws: code `malformed`, with one issue for every member at fault. */
export class MalformedError extends CodedError<'malformed'> {
  readonly issues: ParseIssue[]

  constructor(what: string, issues: readonly ParseIssue[]) {
    const named = issues.map(({ path, message }) => ({ path: path || what, message }))
    const told = named.map(({ path, message }) => (path === what ? message : `${path}: ${message}`))
    super('malformed', `${what}: ${told.join('; ')}`)
    this.issues = named
  }
}

const SHOWN_CHARACTERS = 60

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value)
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined,
    root,
  )
}

/** Of a value that may have several forms, the one it comes nearest to: that in which fault is found deepest, then least. */
function nearestForm(forms: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const depthOf = (issues: readonly z.core.$ZodIssue[]) =>
    Math.max(...issues.map(({ path }) => path.length))
  const [nearest = []] = forms
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)
  return nearest
}

function issuesOf(issue: z.core.$ZodIssue, value: unknown): ParseIssue[] {
  const { path } = issue
  const nameOf = (of: PropertyKey[]) => of.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: nameOf([...path, key]),
      message: `expected a known member, got ${show(key)}`,
    }))
  if (
    issue.code === 'invalid_union' &&
    nearestForm(issue.errors).some((one) => one.path.length > 0)
  )
    return nearestForm(issue.errors).flatMap((one) =>
      issuesOf({ ...one, path: [...path, ...one.path] }, value),
    )
  return [{ path: nameOf(path), message: `${issue.message}, got ${show(valueAt(value, path))}` }]
}

/** Parses `value` by `schema`, or throws a `MalformedError` that says which member, what was expected and what came. */
export function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value, { error: expectations })
  if (result.success) return result.data
  throw new MalformedError(
    what,
    result.error.issues.flatMap((issue) => issuesOf(issue, value)),
  )
}
