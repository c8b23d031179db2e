#include "agent_parts.h"

#include <string.h>

#define RETRY_STORE_MS 1000
#define MS_PER_S 1000

static int64_t floor_seconds(int64_t ms) { return ms >= 0 ? ms / MS_PER_S : (ms - MS_PER_S + 1) / MS_PER_S; }

static void fill(const struct gw_agent *agent, const struct gw_draft *draft, int64_t epoch_ms, bool skips,
                 struct gw_reading *r) {
  *r = (struct gw_reading){.timestamp_s = floor_seconds(epoch_ms),
                           .power = draft->power,
                           /* A gap in the numbers is allowed only with boot. */
                           .reason = skips ? GW_REASON_BOOT : draft->reason,
                           .place = agent->settings->place,
                           .measurement = draft->measurement,
                           .has_previous = agent->has_previous,
                           .firmware = agent->firmware};
  memcpy(r->previous, agent->previous, GW_HASH_BYTES);
  r->has_off_since = r->reason == GW_REASON_BOOT && agent->has_off_since && agent->off_since_s <= r->timestamp_s;
  r->off_since_s = agent->off_since_s;
}

static enum gw_status make(struct gw_agent *agent, const struct gw_draft *draft, int64_t epoch_ms) {
  const struct gw_secure_element *element = agent->ports->element;
  struct gw_made *made = &agent->made;
  struct gw_reading reading;
  uint8_t payload[GW_PAYLOAD_MAX];
  uint8_t digest[GW_HASH_BYTES];
  uint8_t signature[GW_SIGNATURE_BYTES];
  size_t len = 0;
  uint64_t number = 0;
  bool skips = false;
  enum gw_status status = gw_seq_next(&agent->seq, &number, &skips);
  if (status != GW_OK) return status;
  fill(agent, draft, epoch_ms, skips, &reading);
  reading.seq = number;
  status = gw_record_payload(&reading, payload, sizeof payload, &len);
  if (status != GW_OK) return status;
  gw_record_digest(agent->serial, payload, len, digest);
  status = element->sign(element->ctx, digest, signature);
  if (status != GW_OK) return status;
  status = gw_record_cose(agent->serial, payload, len, signature, made->cose, sizeof made->cose, &made->len);
  if (status != GW_OK) return status;
  gw_record_hash(payload, len, made->hash);
  made->seq = number;
  made->reason = reading.reason;
  made->is_waiting = true;
  return GW_OK;
}

static void drop_draft(struct gw_agent *agent) {
  agent->drafts_count--;
  memmove(&agent->drafts[0], &agent->drafts[1], agent->drafts_count * sizeof agent->drafts[0]);
}

static void store(struct gw_agent *agent, int64_t now_ms) {
  struct gw_made *made = &agent->made;
  enum gw_status status = gw_ring_append(&agent->ring, made->seq, made->cose, made->len);
  if (status != GW_OK) {
    gw_agent_log(agent, GW_LOG_ERROR, "store", status);
    agent->retry_store_at_ms = now_ms + RETRY_STORE_MS;
    return;
  }
  gw_seq_taken(&agent->seq, made->seq);
  memcpy(agent->previous, made->hash, GW_HASH_BYTES);
  agent->has_previous = true;
  agent->has_off_since = false;
  agent->sweep_below_seq = UINT64_MAX;
  if (made->reason == GW_REASON_LAST_GASP) agent->gasp_seq = made->seq;
  /* News goes out at once, whatever failed before; a heartbeat waits its turn. */
  if (made->reason != GW_REASON_HEARTBEAT) agent->backoff.not_before_ms = agent->spread_until_ms;
  made->is_waiting = false;
}

void gw_agent_record(struct gw_agent *agent, int64_t now_ms) {
  int64_t epoch_ms = 0;
  if (now_ms < agent->retry_store_at_ms) return;
  if (!agent->made.is_waiting) {
    if (agent->drafts_count == 0 || !gw_clock_epoch_ms(agent->ports->clock, agent->drafts[0].at_ms, &epoch_ms)) return;
    enum gw_status status = make(agent, &agent->drafts[0], epoch_ms);
    if (status == GW_E_RANGE) gw_agent_log(agent, GW_LOG_ERROR, "impossible", (int64_t)agent->drafts[0].reason);
    if (status == GW_OK || status == GW_E_RANGE) drop_draft(agent);
    if (status != GW_OK) {
      gw_agent_log(agent, GW_LOG_ERROR, "sign", status);
      agent->retry_store_at_ms = now_ms + RETRY_STORE_MS;
      return;
    }
  }
  store(agent, now_ms);
}
