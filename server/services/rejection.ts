import type { RejectionCode } from '../../shared/api/readings.ts'

/** Why a reading is not taken. */
export class Rejection extends Error {
  readonly code: RejectionCode
  constructor(code: RejectionCode, detail: string) {
    super(detail)
    this.code = code
  }
}
