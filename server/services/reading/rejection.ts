import type { MessageRefusalCode } from '../../../shared/api/readings.ts'

/** Why a reading is not taken. */
export class Rejection extends Error {
  readonly code: MessageRefusalCode
  constructor(code: MessageRefusalCode, detail: string) {
    super(detail)
    this.code = code
  }
}
