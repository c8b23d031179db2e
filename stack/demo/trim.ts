import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readAtlas } from './atlas.ts'
import { countyFinder } from './county-at.ts'
import { by, fairOrder } from './fair-order.ts'
import { OUTAGE_COLUMNS, readTable } from './outage-table.ts'

/**
 * Cuts data/helene.csv out of a month of outages: `node stack/demo/trim.ts <month.csv>`. Deterministic: the same
 * month gives the same bytes.
 *
 * A site is a distinct coordinate. It is left out when one of its outages in the period overlaps another (the
 * utility listed one interruption under two numbers, and a sensor sees only one), when an outage was still listed
 * at the end of the month though it began before the month (a ghost of the utility's list), or when it lies in no county.
 * Sites stand in such an order that the first N are a fair sample for every N: see `ranked`.
 */
const BEGIN = '2024-09-27T00:00:00Z'
const END = '2024-09-29T00:00:00Z'
const MONTH_BEGIN = '2024-09-01T00:00:00Z'
const SITES = 1500

type Row = Record<string, string>

interface Site {
  rows: Row[]
  fips: string
  customers: number
  /** Fixes an arbitrary order that does not follow size or time. */
  lot: string
}

const cell = (row: Row | undefined, column: string): string => {
  const value = row?.[column]
  if (value === undefined) throw new Error(`expected a column "${column}", got none`)
  return value
}

function isGhost(row: Row): boolean {
  return cell(row, 'gone_by') === '' && cell(row, 'start_time') < MONTH_BEGIN
}

function isPlain(rows: Row[]): boolean {
  return rows.every((row, index) => {
    const before = rows[index - 1]
    const overlaps = before !== undefined && cell(row, 'start_time') <= cell(before, 'last_seen')
    return !overlaps && !isGhost(row)
  })
}

function sitesOf(rows: Row[], countyAt: ReturnType<typeof countyFinder>): Site[] {
  const places = Map.groupBy(rows, (row) => `${cell(row, 'latitude')},${cell(row, 'longitude')}`)
  return [...places].flatMap(([place, unordered]) => {
    const ordered = unordered.toSorted(by((row) => cell(row, 'start_time')))
    const [latitude, longitude] = place.split(',').map(Number)
    const county = countyAt([Number(longitude), Number(latitude)])
    if (county === undefined || !isPlain(ordered)) return []
    return {
      rows: ordered.map((row) => ({ ...row, county_fips: county.fips, county: county.name })),
      fips: county.fips,
      customers: Math.max(...ordered.map((row) => Number(cell(row, 'customers_max')))),
      lot: createHash('sha256').update(place).digest('hex'),
    }
  })
}

/**
 * Within a county: first what was already going on when the period begins, then by turns the largest left and one
 * by lot, so that the large are there and the many small ones too.
 */
function rankedInCounty(sites: Site[]): Site[] {
  const wentOn = (site: Site): boolean => cell(site.rows[0], 'start_time') < BEGIN
  const first = sites.filter(wentOn).toSorted(by((site) => site.lot))
  const rest = sites.filter((site) => !wentOn(site))
  const large = rest.toSorted(by((site) => site.lot)).toSorted(by((site) => -site.customers))
  const lots = rest.toSorted(by((site) => site.lot))
  const turns = large.flatMap((site, index) => [site, ...lots.slice(index, index + 1)])
  return [...first, ...new Set(turns)]
}

/** Over the counties in proportion to the number of their sites. */
const ranked = (sites: Site[]): Site[] =>
  fairOrder(
    new Map(
      [...Map.groupBy(sites, (site) => site.fips)].map(([fips, inCounty]) => [
        fips,
        rankedInCounty(inCounty),
      ]),
    ),
  )

const source = process.argv[2]
if (source === undefined || process.argv.length > 3) {
  process.stderr.write('usage: node stack/demo/trim.ts <month.csv>: expected one path\n')
  process.exit(2)
}
const inPeriod = readTable(await readFile(source, 'utf8'), source).filter(
  (row) => cell(row, 'start_time') < END && cell(row, 'last_seen') > BEGIN,
)
const { counties } = await readAtlas()
const sites = ranked(sitesOf(inPeriod, countyFinder(counties)))
const chosen = sites.slice(0, SITES)
const lines = chosen.flatMap(({ rows }) =>
  rows.map((row) => OUTAGE_COLUMNS.map((column) => cell(row, column)).join(',')),
)
const target = fileURLToPath(new URL('data/helene.csv', import.meta.url))
await writeFile(target, [OUTAGE_COLUMNS.join(','), ...lines, ''].join('\n'))
process.stdout.write(
  `${target}: ${lines.length} of ${inPeriod.length} outages, ${chosen.length} of ${sites.length} sites\n`,
)
