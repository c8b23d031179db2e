import { z } from 'zod'
import { areaRequestSchema, type AreaRequest } from '../../shared/api/devices.ts'
import { messageOf } from '../../shared/coded-error.ts'
import { areaTypeField } from '../../shared/complaint/index.ts'
import { parseJson } from '../../shared/json.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { readGeometry } from '../area-geometry.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { areaOption } from '../device-options.ts'
import { pathOption, readOptions, urlOption } from '../options.ts'
import { askPortal } from '../portal.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

export const areaPut: Command = {
  summary: 'create an area, or replace what is said of it',
  synopsis:
    '--portal URL --area ID --name TEXT --kind TEXT [--type urban|rural] [--parent ID] [--geometry FILE] [--token-file FILE]',
  help: `Creates the area or replaces it whole: a type, parent or geometry that is not given is taken away.

  --area ID        1 to 31 of a–z, 0–9 and -; it never changes
  --name TEXT      what people call it
  --kind TEXT      what it is: county, ward, lane …
  --type TYPE      urban or rural: which clocks complaints go by; without it the longer ones
  --parent ID      the area it lies in
  --geometry FILE  its outline: GeoJSON (RFC 7946), a Polygon or MultiPolygon, or one Feature with such a geometry

${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, {
    text: ['portal', 'area', 'name', 'kind', 'type', 'parent', 'geometry', 'token-file'],
  })
  const portalUrl = options.required('portal', urlOption)
  const areaId = options.required('area', areaOption)
  const { name, kind } = areaRequestSchema.shape
  const geometryFile = options.value('geometry', pathOption)
  const area: AreaRequest = {
    name: options.required('name', name),
    kind: options.required('kind', kind),
    area_type: options.value('type', areaTypeField) ?? null,
    parent_id: options.value('parent', areaOption) ?? null,
    geometry: geometryFile === undefined ? null : await geometryIn(geometryFile),
  }
  const token = await adminToken(options.value('token-file', pathOption), terminal.env)
  await askPortal({
    portalUrl,
    method: 'PUT',
    path: `admin/areas/${areaId}`,
    adminToken: token,
    body: area,
  })
  terminal.out(`area ${areaId} stands as "${area.name}" (${area.kind})`)
  return DONE
}

const featureSchema = z.object({ type: z.literal('Feature'), geometry: z.unknown() })

async function geometryIn(file: string): Promise<AreaRequest['geometry']> {
  const bytes = await readInput(file)
  let value: unknown
  try {
    value = parseJson(bytes)
  } catch (cause) {
    throw new CliError('unreadable', `${messageOf(cause)} (in ${file})`, { cause })
  }
  const feature = featureSchema.safeParse(value)
  return readGeometry(feature.success ? feature.data.geometry : value, file)
}
