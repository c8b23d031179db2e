import { accountPaths } from './openapi/accounts.ts'
import { adminPaths } from './openapi/admin.ts'
import { complaintAdminPaths, complaintPaths, open311Paths } from './openapi/complaints.ts'
import { feedPaths } from './openapi/feeds.ts'
import { firmwarePaths } from './openapi/firmware.ts'
import { ledgerPaths } from './openapi/ledger.ts'
import { mapPaths } from './openapi/map.ts'
import type { Paths } from './openapi/operation.ts'
import { outagePaths } from './openapi/outages.ts'
import { pushPaths } from './openapi/push.ts'
import { readingPaths } from './openapi/readings.ts'
import { namedSchemas, type JsonObject } from './openapi/schemas.ts'
import { servicePaths } from './openapi/service.ts'

/** Every address the portal answers, with the methods it takes; pages are none of them. */
export const apiOperations: Paths = {
  ...readingPaths,
  ...ledgerPaths,
  ...mapPaths,
  ...outagePaths,
  ...pushPaths,
  ...complaintPaths,
  ...adminPaths,
  ...firmwarePaths,
  ...complaintAdminPaths,
  ...open311Paths,
  ...accountPaths,
  ...feedPaths,
  ...servicePaths,
}

const CONVENTIONS = `Refusals are problem documents (RFC 9457); \`detail\` says which, what was expected and what came.
A method an address does not take is 405 with \`Allow\` (\`method_not_allowed\`), an address that is none 404 (\`not_found\`).
HEAD is answered wherever GET is, OPTIONS everywhere. Bodies come as they are, without \`Content-Encoding\`.

Reads have an \`ETag\`; \`If-None-Match\` takes \`*\` or a list and is compared weakly. Lists go on by \`cursor\` or by the \`Link\` to the
next page. Times are RFC 3339: answered in UTC, asked for in any zone. Hex is answered in one case, asked for in either.`

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that validate requests and answers. */
export const openApiDocument = (): JsonObject => ({
  openapi: '3.1.0',
  info: {
    title: 'Gridwitness',
    version: '1',
    summary: 'See when the power was on, and prove it',
    description: CONVENTIONS,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: apiOperations,
  components: {
    schemas: namedSchemas(),
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
    },
  },
})
