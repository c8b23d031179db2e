import type { Open311Form } from '../../../shared/api/open311.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { COMPLAINT_KINDS, KINDS_OF_ANOTHER_OFFICE } from '../../../shared/complaint/index.ts'
import { checkWork } from './complaint-challenge.ts'
import type { Deps } from '../deps.ts'
import { enterComplaint } from './file-complaint.ts'

/**
 * `POST requests`: files a complaint, by an app's key or by proof of work. Throws `forbidden` for a wrong key, and as
 * `fileComplaint`.
 */
export async function fileByOpen311(
  deps: Deps,
  { service_code, lat, long, description, email, phone, altcha, api_key }: Open311Form,
  isKnownKey: (key: string) => boolean,
) {
  if (api_key !== undefined && !isKnownKey(api_key))
    throw new CodedError('forbidden', 'api_key: expected one this portal knows')
  const work = api_key === undefined ? await checkWork(deps, altcha ?? '') : null
  const contact = [email, phone].filter((part) => part !== undefined).join(', ')
  const filed = await enterComplaint(
    deps,
    {
      kind: kindOf(service_code),
      latitude: lat,
      longitude: long,
      words: description,
      contact: contact === '' ? undefined : contact,
      channel: 'open311',
    },
    work,
  )
  return [
    {
      service_request_id: filed.complaint_id,
      service_notice: `In the ledger as ${filed.leaf_hash}`,
    },
  ]
}

function kindOf(code: string) {
  const kind = [...COMPLAINT_KINDS, ...KINDS_OF_ANOTHER_OFFICE].find((known) => known === code)
  if (kind) return kind
  throw new CodedError(
    'not_found',
    `service_code: expected one of ${COMPLAINT_KINDS.join(', ')}, got ${code}`,
  )
}
