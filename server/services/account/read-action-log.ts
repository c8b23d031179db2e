import { stringify } from 'csv-stringify'
import type { ActionLogState, Actions } from '../../../shared/api/accounts.ts'
import { actionSchema, FIRST_PREVIOUS, followActions } from '../../../shared/action-log/index.ts'
import { CodedError, messageOf } from '../../../shared/coded-error.ts'
import { parseAs } from '../../../shared/parse.ts'
import type { Deps } from '../deps.ts'

const CURSOR = /^\d{1,15}$/

/** `GET /admin/actions`: the log, the newest first; the cursor is the number of the last entry shown. */
export async function listActions(
  { models }: Pick<Deps, 'models'>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Actions> {
  if (cursor !== undefined && !CURSOR.test(cursor))
    throw new CodedError('malformed', 'cursor: expected one that a list answered as next')
  const rows = await models.actions
    .find(cursor === undefined ? {} : { _id: { $lt: Number(cursor) } })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean()
  const items = rows.slice(0, limit).map(({ entry }) => entry)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? String(last.number) : null }
}

/** The whole log in its order as it stands in the database, one entry after another. */
async function* allActions({ models }: Pick<Deps, 'models'>) {
  for await (const { _id, entry } of models.actions.find().sort({ _id: 1 }).lean().cursor())
    yield { key: _id, entry }
}

/** Follows the chain through the whole log. What is damaged is an answer, not an error. */
export async function verifyActionLog(deps: Pick<Deps, 'models'>): Promise<ActionLogState> {
  let head = { count: 0, hash: FIRST_PREVIOUS }
  try {
    for await (const { entry } of allActions(deps))
      head = followActions([parseAs(actionSchema, entry, `action ${head.count}`)], head)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { ...head, broken: messageOf(error) }
  }
  return { ...head, broken: null }
}

const COLUMNS = [
  ...['number', 'at', 'account_id', 'pseudonym', 'action', 'target', 'detail', 'network'],
  ...['previous', 'hash'],
] as const

/** The whole log as CSV (RFC 4180) in its order; `detail` is JSON. Cells a spreadsheet would take for a formula are quoted by `'`. */
export function actionLogCsv(deps: Pick<Deps, 'models'>): AsyncIterable<Buffer> {
  const csv = stringify({ header: true, columns: [...COLUMNS], escape_formulas: true })
  const write = async () => {
    for await (const { entry } of allActions(deps)) {
      if (!csv.write({ ...entry, detail: JSON.stringify(entry.detail) }))
        await new Promise((resolve) => csv.once('drain', resolve))
    }
    csv.end()
  }
  write().catch((error: unknown) => csv.destroy(error instanceof Error ? error : undefined))
  return csv
}
