import { changedEventSchema } from '../events.ts'
import { z } from 'zod'
import { actionSchema } from '../../action-log/index.ts'
import { batchHeaderSchema } from '../../batch/header.ts'
import { areaIdField } from '../../fields.ts'
import { proofBundleSchema } from '../../proof/index.ts'
import { readingSchema } from '../../reading/schema.ts'
import { receiptSchema } from '../../receipt/index.ts'
import {
  accountSchema,
  actionLogStateSchema,
  actionsSchema,
  codeRequestSchema,
  invitationSchema,
  oneTimeLinkSchema,
  passwordChangeSchema,
  passwordRequestSchema,
  peopleSchema,
  personChangeSchema,
  personInvitationSchema,
  personSchema,
  recoveryCodesSchema,
  resetRequestSchema,
  resetSchema,
  sessionsSchema,
  signInRequestSchema,
  totpSchema,
  whoSchema,
} from '../accounts.ts'
import {
  adminAreasSchema,
  adminDevicesSchema,
  adminLedgerSchema,
  retryRequestSchema,
  retrySchema,
} from '../administration.ts'
import {
  complaintActionSchema,
  complaintBulkAnswerSchema,
  complaintBulkSchema,
  complaintQueueSchema,
  unreportedOutagesSchema,
} from '../complaint-admin.ts'
import {
  challengeSchema,
  commentRequestSchema,
  complaintFiledSchema,
  complaintRequestSchema,
  complaintRulesSchema,
  complaintSchema,
  complaintsSchema,
  complaintStatisticsSchema,
  complaintStepSchema,
  complaintSummarySchema,
  disputeRequestSchema,
  joinRequestSchema,
  nearbySchema,
} from '../complaints.ts'
import {
  areaRequestSchema,
  deviceEventRequestSchema,
  deviceSchema,
  enrolledSchema,
  enrolmentSchema,
} from '../devices.ts'
import { firmwareImageSchema, firmwarePublishedSchema } from '../firmware.ts'
import {
  batchesSchema,
  batchRecordsSchema,
  batchSchema,
  failureDetailSchema,
  failuresSchema,
  failureSchema,
  dueSchema,
  ledgerSchema,
  recordPlaceSchema,
} from '../ledger.ts'
import { areaSchema, areasSchema, mapSchema, statusEventSchema } from '../map.ts'
import {
  leafHashesSchema,
  outageDetailSchema,
  outageSchema,
  outagesSchema,
  rebuildAskedSchema,
} from '../outages.ts'
import { problemSchema } from '../problem.ts'
import { refusalsSchema } from '../refusals.ts'
import { reliabilitySchema } from '../reliability.ts'
import { pushKeySchema, pushRequestSchema, pushSubscribedSchema } from '../push.ts'
import { acceptanceSchema, storedReadingSchema, storedReadingsSchema } from '../readings.ts'
import { searchSchema } from '../search.ts'
import { timelineSchema } from '../timeline.ts'

const dependencySchema = z.strictObject({ ok: z.boolean(), detail: z.string() })

/** As answered: `record` by formats.md §2; `disclosures` are added by their owner, never by the portal. */
const proofSchema = proofBundleSchema
  .omit({ disclosures: true })
  .extend({ record: z.record(z.string(), z.json()) })

/** Schemas with a name in the document. */
const NAMED = {
  Problem: problemSchema,
  Reading: readingSchema,
  Receipt: receiptSchema,
  Acceptance: acceptanceSchema,
  StoredReading: storedReadingSchema,
  StoredReadings: storedReadingsSchema,
  RecordPlace: recordPlaceSchema,
  ProofBundle: proofSchema,
  Batch: batchSchema,
  Batches: batchesSchema,
  BatchHeader: batchHeaderSchema,
  BatchRecords: batchRecordsSchema,
  Failure: failureSchema,
  FailureDetail: failureDetailSchema,
  Failures: failuresSchema,
  Refusals: refusalsSchema,
  RetryRequest: retryRequestSchema,
  Retry: retrySchema,
  AdminAreas: adminAreasSchema,
  AdminDevices: adminDevicesSchema,
  AdminLedger: adminLedgerSchema,
  Due: dueSchema,
  Ledger: ledgerSchema,
  Area: areaSchema,
  Areas: areasSchema,
  AreaRequest: areaRequestSchema,
  AreaPut: z.strictObject({ area_id: areaIdField }),
  Map: mapSchema,
  StatusEvent: statusEventSchema,
  ChangedEvent: changedEventSchema,
  Outage: outageSchema,
  Outages: outagesSchema,
  OutageDetail: outageDetailSchema,
  LeafHashes: leafHashesSchema,
  Reliability: reliabilitySchema,
  RebuildAsked: rebuildAskedSchema,
  SearchAnswer: searchSchema,
  Timeline: timelineSchema,
  Device: deviceSchema,
  Enrolment: enrolmentSchema,
  Enrolled: enrolledSchema,
  DeviceEventRequest: deviceEventRequestSchema,
  FirmwareImage: firmwareImageSchema,
  FirmwarePublished: firmwarePublishedSchema,
  Account: accountSchema,
  Action: actionSchema,
  Actions: actionsSchema,
  ActionLogState: actionLogStateSchema,
  CodeRequest: codeRequestSchema,
  Invitation: invitationSchema,
  OneTimeLink: oneTimeLinkSchema,
  PasswordChange: passwordChangeSchema,
  PasswordRequest: passwordRequestSchema,
  People: peopleSchema,
  Person: personSchema,
  PersonChange: personChangeSchema,
  PersonInvitation: personInvitationSchema,
  PushKey: pushKeySchema,
  PushRequest: pushRequestSchema,
  PushSubscribed: pushSubscribedSchema,
  RecoveryCodes: recoveryCodesSchema,
  Reset: resetSchema,
  ResetRequest: resetRequestSchema,
  Sessions: sessionsSchema,
  SignInRequest: signInRequestSchema,
  Totp: totpSchema,
  Who: whoSchema,
  ComplaintRequest: complaintRequestSchema,
  JoinRequest: joinRequestSchema,
  CommentRequest: commentRequestSchema,
  DisputeRequest: disputeRequestSchema,
  ComplaintFiled: complaintFiledSchema,
  ComplaintStep: complaintStepSchema,
  ComplaintSummary: complaintSummarySchema,
  Complaints: complaintsSchema,
  Complaint: complaintSchema,
  Challenge: challengeSchema,
  ComplaintRules: complaintRulesSchema,
  Nearby: nearbySchema,
  ComplaintStatistics: complaintStatisticsSchema,
  ComplaintAction: complaintActionSchema,
  ComplaintBulk: complaintBulkSchema,
  ComplaintBulkAnswer: complaintBulkAnswerSchema,
  ComplaintQueue: complaintQueueSchema,
  UnreportedOutages: unreportedOutagesSchema,
  Health: z.strictObject({ status: z.literal('alive') }),
  Readiness: z.strictObject({
    ready: z.boolean(),
    dependencies: z.strictObject({
      mongodb: dependencySchema,
      ipfs: dependencySchema,
      ethereum: dependencySchema,
    }),
  }),
}
export type SchemaName = keyof typeof NAMED

/** Names of those that are one page of a list. */
export const LISTS: ReadonlySet<string> = new Set(
  Object.entries(NAMED).flatMap(([name, schema]) =>
    'shape' in schema && 'items' in schema.shape && 'next' in schema.shape ? [name] : [],
  ),
)

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }
export type JsonObject = Record<string, Json>

const SCHEMAS_AT = '#/components/schemas/'
const JSON_VALUE = 'JsonValue'

export const ref = (name: SchemaName): JsonObject => ({ $ref: `${SCHEMAS_AT}${name}` })

/** `components.schemas`: JSON Schema 2020-12, the dialect of OpenAPI 3.1, made from the schemas that validate. */
export function namedSchemas(): JsonObject {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `${SCHEMAS_AT}${id}`,
  })
  const { __shared: shared, ...named } = withoutIds(schemas)
  return { ...named, [JSON_VALUE]: theOnlyDefinition(shared) }
}

/**
 * Components are named by their place in the document, not by `$id`. What several of them share is only ever "any JSON
 * value", which gets a name too.
 */
const withoutIds = (schemas: object): JsonObject =>
  JSON.parse(
    JSON.stringify(schemas, (key, value: unknown) =>
      key === '$id' || key === '$schema' ? undefined : value,
    ).replaceAll(/#\/components\/schemas\/__shared#\/\$defs\/\w+/g, `${SCHEMAS_AT}${JSON_VALUE}`),
  )

function theOnlyDefinition(shared: Json | undefined): Json {
  const definitions = Object.values(Object(Reflect.get(Object(shared), '$defs')))
  const texts = new Set(definitions.map((definition) => JSON.stringify(definition)))
  const [text] = texts
  if (texts.size !== 1 || text === undefined)
    throw new Error(`OpenAPI: expected one shared definition, got ${texts.size}`)
  return JSON.parse(text)
}

/** JSON Schema of one value that needs no name, such as a parameter, as a client writes it. */
export const inlineSchema = (schema: z.ZodType): JsonObject =>
  JSON.parse(
    JSON.stringify(
      z.toJSONSchema(schema, { io: 'input', override: asRead }),
      (key, value: unknown) => (key === '$schema' ? undefined : value),
    ),
  )

/** What came as a text, or in another case, has the bounds of the field it is read into. */
function asRead({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  if (!(zodSchema instanceof z.ZodPipe)) return
  const { in: written, out: field } = zodSchema
  const isNumber = written instanceof z.ZodNumber && field instanceof z.ZodType
  const isText = written instanceof z.ZodString && field instanceof z.ZodString
  if (isNumber || isText) Object.assign(jsonSchema, inlineSchema(field))
}
