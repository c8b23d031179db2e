#include "gw/agent.h"

#include "agent_parts.h"

#include <string.h>

#define WATCHFUL_MS 50 /* while a change of mains is in question */
#define IDLE_MS 500

void gw_agent_log(const struct gw_agent *agent, enum gw_log_level level, const char *word, int64_t value) {
  const struct gw_log *log = agent->ports->log;
  if (log) log->event(log->ctx, level, word, value);
}

/* Number and hash of the newest reading in the log, when this element's key made it. */
static uint64_t resume_chain(struct gw_agent *agent) {
  uint8_t cose[GW_COSE_MAX];
  size_t len = 0;
  struct gw_record_view view;
  if (gw_ring_newest(&agent->ring, cose, sizeof cose, &len) != GW_OK) return 0;
  if (gw_record_view(cose, len, &view) != GW_OK) return 0;
  if (memcmp(view.serial, agent->serial, GW_SERIAL_BYTES) != 0) return 0;
  gw_record_hash(view.payload, view.payload_len, agent->previous);
  agent->has_previous = true;
  return view.seq;
}

enum gw_status gw_agent_init(struct gw_agent *agent, const struct gw_agent_ports *ports,
                             const struct gw_settings *settings, const char *firmware, int64_t now_ms) {
  memset(agent, 0, sizeof *agent);
  agent->ports = ports;
  agent->settings = settings;
  agent->firmware = firmware;
  if (ports->element->serial(ports->element->ctx, agent->serial) != GW_OK) return GW_E_IO;
  enum gw_status status = gw_ring_mount(&agent->ring, ports->log_flash);
  if (status != GW_OK) return status;
  gw_seq_init(&agent->seq, ports->element, resume_chain(agent));
  gw_power_init(&agent->power, settings->declare_ms, now_ms);
  gw_backoff_init(&agent->backoff, agent->serial);
  agent->sweep_below_seq = UINT64_MAX;
  agent->alive_at_ms = now_ms;
  if (ports->board->reset_cause(ports->board->ctx) == GW_RESET_POWER) gw_agent_load_alive(agent);
  gw_agent_log(agent, GW_LOG_INFO, "waiting", gw_ring_waiting(&agent->ring));
  return GW_OK;
}

int64_t gw_agent_step(struct gw_agent *agent, int64_t now_ms) {
  const struct gw_agent_ports *ports = agent->ports;
  gw_agent_sense(agent, now_ms);
  gw_agent_record(agent, now_ms);
  gw_agent_send(agent, now_ms);
  /* Reached only when nothing above hangs: an agent that stands still is restarted by the watchdog. */
  ports->board->feed_watchdog(ports->board->ctx);

  if (agent->drafts_count > 0 && ports->clock->is_set && now_ms >= agent->retry_store_at_ms) return now_ms;
  bool is_settled = agent->power.is_declared && agent->power.raw == agent->power.declared;
  int64_t wake_ms = now_ms + (is_settled ? IDLE_MS : WATCHFUL_MS);
  int64_t uplink_ms = ports->uplink->wake_ms(ports->uplink->ctx, now_ms);
  return uplink_ms < wake_ms ? uplink_ms : wake_ms;
}

bool gw_agent_has_time(const struct gw_agent *agent, int64_t now_ms) {
  const struct gw_power_fsm *power = &agent->power;
  const bool has_mains = power->is_declared && power->declared == GW_POWER_ON && power->raw == GW_POWER_ON;
  const bool has_news = agent->drafts_count > 0 || agent->made.is_waiting || agent->outbox.in_flight;
  return has_mains && !has_news && (gw_ring_waiting(&agent->ring) == 0 || now_ms < agent->backoff.not_before_ms);
}
