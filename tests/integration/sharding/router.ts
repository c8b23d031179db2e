import type { Layout, ShardKey } from './layout.ts'

/** A document as a driver sends it. */
export type Document = Readonly<Record<string, unknown>>

/** Where a statement goes: to a shard for each of these values of the key's first field, or to every shard. */
export interface Route {
  collection: string
  verb: string
  /** Which rows it asks for or writes; a row that is inserted names its own shard. */
  filter: Document
  values: ReadonlySet<unknown> | 'any'
  /** What MongoDB refused before version 7 and does in two rounds over all shards since, or does not do at all. */
  objection: string | null
}

/** How many shards a statement asks. */
export const reachOf = ({ values }: Pick<Route, 'values'>): 'one' | 'few' | 'every' =>
  values === 'any' ? 'every' : values.size > 1 ? 'few' : 'one'

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype

const asDocument = (value: unknown): Document => (isDocument(value) ? value : {})
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The values a condition leaves a field; null: any. */
function pointsOf(condition: unknown): Set<unknown> | null {
  if (condition instanceof RegExp) return null
  if (!isDocument(condition)) return new Set([condition])
  if ('$eq' in condition) return new Set([condition.$eq])
  if ('$in' in condition) return new Set(asList(condition.$in))
  return Object.keys(condition).some((name) => name.startsWith('$')) ? null : new Set([condition])
}

/**
 * The values a filter leaves a field; null: any. A `$or` counts where it is the whole filter: a router bounds the key by
 * its branches then, and leaves it open if one of them does.
 */
export function valuesOf(filter: Document, field: string): Set<unknown> | null {
  const branches = Object.keys(filter).length === 1 ? asList(filter.$or) : []
  if (branches.length > 0) {
    const ofBranches = branches.map((branch) => valuesOf(asDocument(branch), field))
    return ofBranches.reduce((all, some) => (all && some ? all.union(some) : null), new Set())
  }
  let values: Set<unknown> | null = null
  for (const [name, condition] of Object.entries(filter)) {
    const found =
      name === '$and'
        ? valuesOfAll(asList(condition), field)
        : name === field
          ? pointsOf(condition)
          : null
    if (found) values = values ? values.intersection(found) : found
  }
  return values
}

function valuesOfAll(parts: readonly unknown[], field: string): Set<unknown> | null {
  const found = parts
    .map(asDocument)
    .filter((part) => !('$or' in part))
    .flatMap((part) => valuesOf(part, field) ?? [])
  const [first, ...others] = found
  return first ? others.reduce((all, some) => all.intersection(some), first) : null
}

const isPoint = (filter: Document, field: string): boolean => valuesOf(filter, field)?.size === 1

const holdsKey = (filter: Document, key: ShardKey): boolean =>
  Object.keys(key).every((field) => isPoint(filter, field))

const firstField = (key: ShardKey): string => Object.keys(key)[0] ?? ''

/** Fields an update writes; null: all of them. */
function writtenBy(update: unknown): string[] | null {
  const stages = Array.isArray(update) ? update.map(asDocument) : [asDocument(update)]
  const paths: unknown[] = []
  for (const [operator, fields] of stages.flatMap(Object.entries)) {
    if (!/^\$(?!replace)/.test(operator)) return null
    paths.push(...(isDocument(fields) ? Object.keys(fields) : [fields].flat()))
  }
  return paths.map((path) => String(path).split('.')[0] ?? '')
}

/** Whether an update may give a field of the key another value: a replacement may, unless its filter names the same. */
function mayChangeKey(update: unknown, filter: Document, key: ShardKey): boolean {
  const written = writtenBy(update)
  if (written) return written.some((field) => field in key)
  const row = asDocument(update)
  return !Object.keys(key).every(
    (field) => isPoint(filter, field) && valuesOf(filter, field)?.has(row[field] ?? null),
  )
}

interface Statement {
  filter: Document
  update?: unknown
  upsert?: boolean
  isOfOne?: boolean
}

function objectionTo({ filter, update, upsert, isOfOne }: Statement, key: ShardKey): string | null {
  if (upsert && !holdsKey(filter, key))
    return 'may insert a row, and its filter lacks a field of the key'
  if (update !== undefined && mayChangeKey(update, filter, key))
    return 'may change a field of the key'
  const isAimed = isPoint(filter, firstField(key)) || isPoint(filter, '_id')
  return isOfOne && !isAimed ? 'writes one row that neither the key nor _id names' : null
}

/** What a command does to which rows. */
function statementsOf(verb: string, command: Document): Statement[] {
  const one = (filter: unknown, more: Omit<Statement, 'filter'> = {}) => ({
    filter: asDocument(filter),
    ...more,
  })
  switch (verb) {
    case 'find':
      return [one(command.filter)]
    case 'count':
    case 'distinct':
      return [one(command.query)]
    case 'aggregate':
      return [one(asDocument(asList(command.pipeline)[0]).$match)]
    case 'update':
      return asList(command.updates)
        .map(asDocument)
        .map(({ q, u, upsert, multi }) =>
          one(q, { update: u, upsert: upsert === true, isOfOne: multi !== true }),
        )
    case 'delete':
      return asList(command.deletes)
        .map(asDocument)
        .map(({ q, limit }) => one(q, { isOfOne: limit === 1 }))
    case 'findAndModify':
      return [
        one(command.query, {
          ...(command.update !== undefined && { update: command.update }),
          upsert: command.upsert === true,
          isOfOne: true,
        }),
      ]
    default:
      throw new Error(`expected a command whose place on shards is known, got ${verb}`)
  }
}

/** Commands that read or write no row. */
const WITHOUT_ROWS = new Set(['createIndexes', 'getMore', 'killCursors', 'listIndexes', 'create'])

/**
 * What a `mongos` would do with a command, by the rules of MongoDB 7 for the equality prefix of a shard key: empty where it
 * concerns no sharded collection. An insert is one route, with the values of all its rows.
 */
export function routesOf(command: Document, layout: Layout): Route[] {
  const [verb = '', target] = Object.entries(command)[0] ?? []
  if (verb === 'renameCollection') return renamed(command, layout)
  const collection = String(target)
  const key = layout.get(collection)
  if (!key || WITHOUT_ROWS.has(verb)) return []
  const field = firstField(key)
  if (verb === 'insert') {
    const values = new Set(asList(command.documents).map((row) => asDocument(row)[field] ?? null))
    return [{ collection, verb, filter: {}, values, objection: null }]
  }
  return statementsOf(verb, command).map((statement) => ({
    collection,
    verb,
    filter: statement.filter,
    values: valuesOf(statement.filter, field) ?? 'any',
    objection: objectionTo(statement, key),
  }))
}

function renamed({ renameCollection, to }: Document, layout: Layout): Route[] {
  const [from, collection = ''] = [renameCollection, to].map((name) =>
    String(name).split('.').slice(1).join('.'),
  )
  if (!layout.has(collection) || layout.has(from ?? '')) return []
  const objection = 'puts a collection that lies on one shard in its place'
  return [{ collection, verb: 'renameCollection', filter: {}, values: 'any', objection }]
}
