export default defineEventHandler((event) =>
  sendProblem(
    event,
    problem('not_found', 404, `${event.method} ${event.path.split('?')[0]}: no such call`),
  ),
)
