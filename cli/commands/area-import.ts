import { z } from 'zod'
import { areaRequestSchema } from '../../shared/api/devices.ts'
import { areaSchema } from '../../shared/api/map.ts'
import { areaTypeField } from '../../shared/complaint/index.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { planAreas, type AreaRules, type PlannedArea } from '../area-plan.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { areaOption } from '../device-options.ts'
import { idPattern } from '../id-pattern.ts'
import { pathOption, patternOption, readOptions, urlOption, type Options } from '../options.ts'
import { askPortal, askPortalFor } from '../portal.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

const TEXT = ['portal', 'kind', 'id', 'name', 'parent', 'parent-id', 'type', 'token-file'] as const
type Text = (typeof TEXT)[number]

export const areaImport: Command = {
  summary: 'create or replace an area for every feature of a GeoJSON file',
  synopsis: `FILE.geojson --portal URL --kind TEXT --id PATTERN --name PROPERTY
         [--parent PATTERN | --parent-id ID] [--type urban|rural|{PROPERTY}] [--dry-run] [--token-file FILE]`,
  help: `Every feature, a Polygon or MultiPolygon in WGS 84 (RFC 7946), becomes an area. The whole file is checked before anything is
sent; parents go before children. Importing again changes nothing but what the file changed.

  --kind TEXT      what each of them is: district, block, ward …
  --id PATTERN     id of each: in-br-{dt_cen_cd} or in-br-{district}, {…} being a property of the feature. Its value is
                   written in a–z, 0–9 and -; two areas of one id and ids longer than 31 are refused
  --name PROPERTY  the property that holds its name
  --parent PATTERN the area each lies in, of this file or of the portal
  --parent-id ID   the one area of the portal all of them lie in
  --type TYPE      urban or rural for all of them, or the {property} that says so of each; it chooses the clocks of complaints.
                   A feature that says nothing stays of unknown type and gets the longer ones
  --dry-run        checks the file and the parents, says what would be sent, and sends nothing

Degrees are rounded to 6 decimals, altitudes and repeated positions dropped. Rings may run either way. Rings that are open, out
of range, or cross or touch themselves are refused, not repaired.
${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions<Text, 'dry-run'>(args, {
    text: TEXT,
    flags: ['dry-run'],
    argument: 'FILE',
  })
  const portalUrl = options.required('portal', urlOption)
  const rules = rulesFrom(options)
  const file = options.argument()
  const isDryRun = options.has('dry-run')
  const token = isDryRun
    ? undefined
    : await adminToken(options.value('token-file', pathOption), terminal.env)

  const { areas, faults } = planAreas(file, await readInput(file, terminal.stdin), rules)
  faults.push(...(await missingParents(portalUrl, areas)))
  if (faults.length > 0) {
    for (const fault of faults) terminal.err({ text: fault, style: 'red' })
    throw new CliError(
      'unreadable',
      `${file}: expected areas without fault, got ${faults.length} faults; nothing was sent`,
    )
  }
  for (const [index, area] of areas.entries()) {
    if (token !== undefined) await put(portalUrl, token, area, `${index} of ${areas.length}`)
    terminal.out(`area ${area.id} ${isDryRun ? 'would stand' : 'stands'} as ${described(area)}`)
  }
  terminal.out(`${areas.length} areas ${isDryRun ? 'would stand; nothing was sent' : 'stand'}`)
  return DONE
}

function rulesFrom(options: Options<Text, 'dry-run'>): AreaRules {
  const parent = options.value('parent', patternOption)
  const parentId = options.value('parent-id', areaOption)
  if (parent !== undefined && parentId !== undefined)
    throw new CliError('usage', '--parent-id: expected not beside --parent, got both')
  const parentOf = parent === undefined ? null : idPattern('parent', parent)
  return {
    kind: options.required('kind', areaRequestSchema.shape.kind),
    name: options.required('name', patternOption),
    idOf: idPattern('id', options.required('id', patternOption)),
    parentOf: parentId === undefined ? parentOf : () => parentId,
    type: options.value('type', typeOption) ?? null,
  }
}

/** `urban`, `rural`, or the property that says which, in braces. */
const typeOption = z.union(
  [
    areaTypeField,
    z
      .string()
      .regex(/^\{[^{}]+\}$/)
      .transform((text) => ({ property: text.slice(1, -1) })),
  ],
  'expected urban, rural or {property}',
)

/** Parents that are neither of this file nor of the portal. */
async function missingParents(portalUrl: string, areas: readonly PlannedArea[]): Promise<string[]> {
  const own = new Set(areas.map(({ id }) => id))
  const parents = new Set(areas.flatMap(({ request }) => request.parent_id ?? []))
  const faults: string[] = []
  for (const id of parents.difference(own)) {
    try {
      await askPortalFor(areaSchema, { portalUrl, method: 'GET', path: `areas/${id}` })
    } catch (error) {
      if (!(error instanceof CliError) || error.code !== 'refused') throw error
      faults.push(`parent ${id}: expected an area of the file or of the portal; ${error.message}`)
    }
  }
  return faults
}

async function put(
  portalUrl: string,
  token: string,
  { id, request }: PlannedArea,
  done: string,
): Promise<void> {
  try {
    await askPortal({
      portalUrl,
      method: 'PUT',
      path: `admin/areas/${id}`,
      adminToken: token,
      body: request,
    })
  } catch (cause) {
    if (!(cause instanceof CliError)) throw cause
    throw new CliError(cause.code, `area ${id}: ${cause.message}; ${done} stand, import again`, {
      cause,
    })
  }
}

const described = ({ request: { name, kind, parent_id } }: PlannedArea): string =>
  `"${name}" (${kind}${parent_id === null ? '' : ` in ${parent_id}`})`
