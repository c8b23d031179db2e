import { MAX_PAGE_LIMIT } from '../../../shared/api/page.ts'
import type { Outage } from '../../../shared/api/outages.ts'
import { utf8 } from '../../../shared/bytes.ts'
import type { Deps } from '../deps.ts'
import { GEOJSON_END, geojsonFeature, geojsonHead } from '../feeds/geojson.ts'
import { outageRows, outagesHeader } from '../feeds/tables.ts'
import { listOutages, type OutagesQuery } from './list-outages.ts'

/**
 * Files of all outages asked for, made page by page: whatever their number, memory holds one page. Nothing is told before the first
 * page is there, so that what refuses it – an area nobody knows, a database that is away – is an answer and not half a file.
 */

type FileQuery = Omit<OutagesQuery, 'limit' | 'cursor'>

async function* pages(deps: Deps, query: FileQuery): AsyncGenerator<Outage[]> {
  let cursor: string | undefined
  do {
    const page = await listOutages(deps, { ...query, limit: MAX_PAGE_LIMIT, cursor })
    yield page.items
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

/** `/outages.csv`. */
export async function* outagesAsCsv(deps: Deps, query: FileQuery): AsyncGenerator<Uint8Array> {
  let header = outagesHeader()
  for await (const outages of pages(deps, query)) {
    yield utf8(header + outageRows(outages))
    header = ''
  }
}

/** `/outages.geojson`. */
export async function* outagesAsGeojson(deps: Deps, query: FileQuery): AsyncGenerator<Uint8Array> {
  let text = geojsonHead()
  let comma = ''
  for await (const outages of pages(deps, query)) {
    for (const outage of outages) {
      text += comma + geojsonFeature(outage)
      comma = ',\n'
    }
    yield utf8(text)
    text = ''
  }
  yield utf8(text + GEOJSON_END)
}
