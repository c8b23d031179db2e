import type { H3Event } from 'h3'
import {
  MAX_READINGS_BYTES,
  MAX_READINGS_PER_REQUEST,
  type Acceptance,
} from '../../../shared/api/readings'
import { PROBLEM_STATUS } from '../../../shared/api/problem'
import { CodedError } from '../../../shared/coded-error'
import { acceptReadings } from '../../services/accept-reading'

export default apiRoute(async (event) => {
  const body = await readJson(event, MAX_READINGS_BYTES)
  const values = Array.isArray(body) ? body : [body]
  if (values.length === 0)
    throw new CodedError('malformed', 'body: expected at least one reading, got an empty array')
  if (values.length > MAX_READINGS_PER_REQUEST) {
    throw new CodedError(
      'too_large',
      `body: expected at most ${MAX_READINGS_PER_REQUEST} readings, got ${values.length}`,
    )
  }
  countAgainstAddress(event, values.length)
  const answers = await acceptReadings(useDeps(), values, deviceAllowance)
  for (const answer of answers)
    countReading(answer.status === 'rejected' ? answer.code : answer.status)
  const [only] = answers
  if (!Array.isArray(body) && only) return answerOne(event, only)
  setResponseStatus(event, statusOfMany(answers))
  return answers
})

function answerOne(event: H3Event, answer: Acceptance) {
  if (answer.status === 'rejected') {
    return sendProblem(event, problem(answer.code, PROBLEM_STATUS[answer.code], answer.detail))
  }
  setResponseStatus(event, answer.status === 'accepted' ? 201 : 200)
  return answer
}

function statusOfMany(answers: readonly Acceptance[]): number {
  if (answers.every(({ status }) => status === 'accepted')) return 201
  return answers.every(({ status }) => status === 'duplicate') ? 200 : 207
}
