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

const paths: Paths = {
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

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that validate requests and answers. */
export const openApiDocument = (): JsonObject => ({
  openapi: '3.1.0',
  info: {
    title: 'Gridwitness',
    version: '1',
    summary: 'See when the power was on, and prove it',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths,
  components: {
    schemas: namedSchemas(),
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
    },
  },
})
