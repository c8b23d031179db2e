import type { H3Event } from 'h3'
import type { MessageVerdict } from '../../../shared/api/readings'
import { PROBLEM_STATUS } from '../../../shared/api/problem'
import { answerReadings } from '../../services/reading/answer-readings'

export default apiRoute(async (event) => {
  const { handedIn, isMany } = await readReadings(event)
  countAgainstAddress(event, handedIn.length)
  const { deps, intake } = useComposition()
  const answers = await answerReadings(deps, intake, { handedIn, allowance: deviceAllowance })
  for (const answer of answers)
    countReading(answer.status === 'rejected' ? answer.code : answer.status)
  const [only] = answers
  if (!isMany && only) return answerOne(event, only)
  setResponseStatus(event, statusOfMany(answers))
  return answers
})

function answerOne(event: H3Event, answer: MessageVerdict) {
  if (answer.status === 'rejected') {
    return sendProblem(event, problem(answer.code, PROBLEM_STATUS[answer.code], answer.detail))
  }
  setResponseStatus(event, answer.status === 'accepted' ? 201 : 200)
  return answer
}

function statusOfMany(answers: readonly MessageVerdict[]): number {
  if (answers.every(({ status }) => status === 'accepted')) return 201
  return answers.every(({ status }) => status === 'duplicate') ? 200 : 207
}
