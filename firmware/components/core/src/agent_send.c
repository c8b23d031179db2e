#include "agent_parts.h"

/* Refusals that another attempt cannot change; the number then shows as a gap, or as kept evidence, in public. */
static bool is_final(enum gw_reject code) { return code == GW_REJECT_MALFORMED || code == GW_REJECT_EQUIVOCATION; }

/* Refusals of the device rather than of one reading: the rest would fare no better. */
static bool is_of_device(enum gw_reject code) {
  return code == GW_REJECT_UNKNOWN_DEVICE || code == GW_REJECT_SUSPENDED_DEVICE || code == GW_REJECT_RATE_LIMITED;
}

static void strike_off(struct gw_agent *agent, uint64_t seq, enum gw_reject code) {
  enum gw_status status = gw_ring_acknowledge(&agent->ring, seq, (uint8_t)code);
  if (status != GW_OK) gw_agent_log(agent, GW_LOG_WARN, "acknowledge", status);
  if (agent->gasp_seq == seq) agent->gasp_seq = 0;
}

/* Handles one answer; says whether the way to the portal is open for more. */
static bool handle(struct gw_agent *agent, uint64_t seq, const struct gw_result *result) {
  switch (result->outcome) {
  case GW_OUTCOME_ACCEPTED:
  case GW_OUTCOME_DUPLICATE:
    strike_off(agent, seq, GW_REJECT_NONE);
    return true;
  case GW_OUTCOME_REJECTED:
    gw_agent_log(agent, GW_LOG_WARN, "rejected", result->code);
    if (is_final(result->code)) strike_off(agent, seq, result->code);
    return !is_of_device(result->code);
  case GW_OUTCOME_RETRY_LATER:
    break;
  }
  return false;
}

static void wait_for_next_try(struct gw_agent *agent, int64_t now_ms, uint32_t retry_after_s) {
  gw_backoff_failed(&agent->backoff, now_ms, retry_after_s);
  agent->sweep_below_seq = UINT64_MAX;
}

static void finish(struct gw_agent *agent, int64_t now_ms, const struct gw_result *results) {
  struct gw_outbox *outbox = &agent->outbox;
  uint32_t retry_after_s = 0;
  bool is_open = true;
  bool any_taken = false;
  outbox->in_flight = false;
  for (size_t i = 0; i < outbox->count; i++) {
    if (!handle(agent, outbox->seq[i], &results[i])) is_open = false;
    if (results[i].outcome == GW_OUTCOME_ACCEPTED || results[i].outcome == GW_OUTCOME_DUPLICATE) any_taken = true;
    if (results[i].retry_after_s > retry_after_s) retry_after_s = results[i].retry_after_s;
  }
  /* Alone only once: from now on it is the newest of the backlog. */
  if (outbox->is_gasp) agent->gasp_seq = 0;
  if (!is_open) wait_for_next_try(agent, now_ms, retry_after_s);
  else if (any_taken) gw_backoff_succeeded(&agent->backoff);
}

/* Puts the newest waiting readings below the sweep into the outbox. */
static void fill_outbox(struct gw_agent *agent, size_t messages_max, size_t bytes_max) {
  struct gw_outbox *outbox = &agent->outbox;
  size_t used = 0;
  size_t room = bytes_max < sizeof outbox->bytes ? bytes_max : sizeof outbox->bytes;
  outbox->count = 0;
  while (outbox->count < messages_max && outbox->count < GW_UPLINK_MESSAGES_MAX) {
    size_t len = 0;
    uint64_t seq = 0;
    uint8_t *into = outbox->bytes + used;
    if (gw_ring_next(&agent->ring, agent->sweep_below_seq, &seq, into, room - used, &len) != GW_OK) break;
    outbox->seq[outbox->count] = seq;
    outbox->messages[outbox->count] = (struct gw_message){into, len};
    outbox->count++;
    used += len;
    agent->sweep_below_seq = seq;
  }
}

static void submit(struct gw_agent *agent, int64_t now_ms, bool is_gasp) {
  const struct gw_uplink *uplink = agent->ports->uplink;
  struct gw_outbox *outbox = &agent->outbox;
  if (is_gasp) agent->sweep_below_seq = agent->gasp_seq + 1;
  fill_outbox(agent, is_gasp ? 1 : uplink->messages_max, is_gasp ? sizeof outbox->bytes : uplink->bytes_max);
  if (outbox->count == 0) {
    agent->gasp_seq = 0;
    /* The end of a sweep. What is left was refused for now. */
    if (gw_ring_waiting(&agent->ring) > 0) wait_for_next_try(agent, now_ms, 0);
    return;
  }
  const struct gw_submission submission = {outbox->messages, outbox->count, is_gasp};
  outbox->is_gasp = is_gasp;
  outbox->in_flight = uplink->submit(uplink->ctx, now_ms, &submission) == GW_OK;
  if (!outbox->in_flight) wait_for_next_try(agent, now_ms, 0);
}

void gw_agent_send(struct gw_agent *agent, int64_t now_ms) {
  const struct gw_uplink *uplink = agent->ports->uplink;
  struct gw_outbox *outbox = &agent->outbox;
  struct gw_result results[GW_UPLINK_MESSAGES_MAX];
  if (uplink->poll(uplink->ctx, now_ms, results) && outbox->in_flight) finish(agent, now_ms, results);
  bool gasp_waits = agent->gasp_seq != 0 && !(outbox->in_flight && outbox->is_gasp);
  if (gasp_waits && outbox->in_flight) {
    uplink->cancel(uplink->ctx, now_ms);
    outbox->in_flight = false;
  }
  if (outbox->in_flight) return;
  if (gasp_waits) submit(agent, now_ms, true);
  else if (now_ms >= agent->backoff.not_before_ms && gw_ring_waiting(&agent->ring) > 0) submit(agent, now_ms, false);
}
