import { z } from 'zod'

/** Error document of the HTTP API: RFC 9457, `application/problem+json`; api.md. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** The request this is about, as the operator's log names it (`X-Request-Id`). */
  instance: z.string().optional(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>

/** Codes of a refused request, each with its status. */
export const PROBLEM_STATUS = {
  malformed: 400,
  unknown_device: 401,
  bad_signature: 401,
  unauthorised: 401,
  wrong_credentials: 401,
  wrong_code: 401,
  suspended_device: 403,
  forbidden: 403,
  wrong_origin: 403,
  second_factor_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  equivocation: 409,
  key_conflict: 409,
  device_conflict: 409,
  account_conflict: 409,
  complaint_conflict: 409,
  firmware_conflict: 409,
  challenge_used: 409,
  wrong_topic: 409,
  not_anchored_yet: 409,
  not_published_yet: 409,
  record_damaged: 409,
  area_conflict: 412,
  too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  clock_ahead: 422,
  unknown_area: 422,
  weak_password: 422,
  another_office: 422,
  challenge_unsolved: 422,
  key_reused: 422,
  rate_limited: 429,
  store_unavailable: 503,
} as const

export type ProblemCode = keyof typeof PROBLEM_STATUS
