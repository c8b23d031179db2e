import { firmwareTargetField } from '../../device-message/index.ts'
import { hashField } from '../../fields.ts'
import { IMAGE_TYPE, MANIFEST_TYPE } from '../firmware.ts'
import { bytes, json, operation, type Paths } from './operation.ts'

const ETAG = { ETag: { description: 'For `If-None-Match`', schema: { type: 'string' } } }
const UNCHANGED = { description: 'Not changed since the ETag named in `If-None-Match`' }
/** What every body of bytes may be refused for. */
const BODY = ['malformed', 'too_large', 'unsupported_media_type'] as const

/** Where devices find what they may run. */
export const firmwarePaths: Paths = {
  '/api/v1/firmware/{target}/manifest': {
    get: operation({
      operationId: 'getFirmwareManifest',
      tag: 'devices',
      summary: "The manifest devices of this target are to judge, signed by their operator's key",
      params: { target: firmwareTargetField },
      answers: { 200: { ...bytes('The message', MANIFEST_TYPE), headers: ETAG }, 304: UNCHANGED },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/firmware/images/{sha256}': {
    get: operation({
      operationId: 'getFirmwareImage',
      tag: 'devices',
      summary: 'An image by its hash, whole or one `Range` of it; it never changes',
      params: { sha256: hashField },
      answers: {
        200: { ...bytes('The image', IMAGE_TYPE), headers: ETAG },
        206: { ...bytes('The range, as `Content-Range` says', IMAGE_TYPE), headers: ETAG },
        304: UNCHANGED,
      },
      problems: ['not_found', 'range_not_satisfiable', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/firmware/images/{sha256}': {
    put: operation({
      operationId: 'putFirmwareImage',
      tag: 'admin',
      summary: 'Stores an image; without a manifest that names it, it goes after a day',
      params: { sha256: hashField },
      otherTypes: { [IMAGE_TYPE]: {} },
      needsToken: true,
      needsSession: true,
      answers: { 200: json('It is stored', 'FirmwareImage') },
      problems: [...BODY, 'store_unavailable'],
    }),
  },
  '/api/v1/admin/firmware/{target}/manifest': {
    put: operation({
      operationId: 'publishFirmware',
      tag: 'admin',
      summary: 'Makes a manifest the one of its target; its image has to be there',
      params: { target: firmwareTargetField },
      otherTypes: { [MANIFEST_TYPE]: {} },
      needsToken: true,
      needsSession: true,
      answers: { 200: json('Devices of this target find it from now on', 'FirmwarePublished') },
      problems: [...BODY, 'not_found', 'firmware_conflict', 'store_unavailable'],
    }),
  },
}
