#include "agent_parts.h"

#include <string.h>

#define PULSES_AT_ONCE 32u
#define ALIVE_PERIOD_MS 60000
#define HEARTBEAT_APART 8 /* two are at least this part of a period apart */
#define MS_PER_S 1000

void gw_agent_load_alive(struct gw_agent *agent) {
  const struct gw_kv *kv = agent->ports->kv;
  uint8_t bytes[8];
  size_t len = 0;
  if (kv->get(kv->ctx, KV_ALIVE, bytes, sizeof bytes, &len) != GW_OK || len != sizeof bytes) return;
  uint64_t seconds = 0;
  for (size_t i = 0; i < sizeof bytes; i++) seconds |= (uint64_t)bytes[i] << (8 * i);
  if (seconds > INT64_MAX / MS_PER_S) return;
  agent->off_since_s = (int64_t)seconds;
  agent->has_off_since = true;
}

static void save_alive(struct gw_agent *agent, int64_t at_ms) {
  const struct gw_kv *kv = agent->ports->kv;
  uint8_t bytes[8];
  int64_t epoch_ms = 0;
  if (!gw_clock_epoch_ms(agent->ports->clock, at_ms, &epoch_ms)) return;
  uint64_t seconds = (uint64_t)(epoch_ms / MS_PER_S);
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(seconds >> (8 * i));
  if (kv->set(kv->ctx, KV_ALIVE, bytes, sizeof bytes) != GW_OK) gw_agent_log(agent, GW_LOG_WARN, "alive", GW_E_IO);
}

/* Room for one more: a heartbeat is the least to lose. The boot draft stays, since only it may leave a gap. */
static void make_room(struct gw_agent *agent) {
  size_t victim = agent->drafts[0].reason == GW_REASON_BOOT ? 1 : 0;
  if (agent->drafts_count < GW_DRAFTS_MAX) return;
  for (size_t i = 0; i < agent->drafts_count; i++) {
    if (agent->drafts[i].reason != GW_REASON_HEARTBEAT) continue;
    victim = i;
    break;
  }
  memmove(&agent->drafts[victim], &agent->drafts[victim + 1],
          (agent->drafts_count - victim - 1) * sizeof agent->drafts[0]);
  agent->drafts_count--;
  agent->drafts_dropped++;
}

static void draft(struct gw_agent *agent, enum gw_reason reason, enum gw_power power, int64_t at_ms, int64_t now_ms) {
  const struct gw_meter *meter = agent->ports->meter;
  struct gw_draft made = {.reason = reason, .power = power, .at_ms = at_ms};
  struct gw_measurement sample;
  int64_t sampled_at_ms = 0;
  if (meter && meter->latest(meter->ctx, &sample, &sampled_at_ms) && now_ms - sampled_at_ms <= GW_METER_STALE_MS &&
      sampled_at_ms >= at_ms - GW_METER_STALE_MS)
    made.measurement = sample;
  make_room(agent);
  agent->drafts[agent->drafts_count++] = made;
}

static int64_t heartbeat_ms(const struct gw_agent *agent) {
  return (int64_t)agent->settings->heartbeat_s * MS_PER_S;
}

/*
 * The device's next place in the period, at least `apart_ms` from now: on the scale of UTC as soon as that is known, so that
 * a restart does not move it.
 */
static void schedule_heartbeat(struct gw_agent *agent, int64_t now_ms, int64_t apart_ms) {
  int64_t phase_ms = gw_sched_phase_ms(agent->serial, heartbeat_ms(agent));
  int64_t base_ms = now_ms;
  (void)gw_clock_epoch_ms(agent->ports->clock, now_ms, &base_ms);
  agent->heartbeat_at_ms = now_ms + gw_sched_next(base_ms + apart_ms, heartbeat_ms(agent), phase_ms) - base_ms;
}

static void on_edge(struct gw_agent *agent, const struct gw_power_edge *edge, int64_t now_ms) {
  bool is_on = edge->power == GW_POWER_ON;
  enum gw_reason reason = edge->is_first ? GW_REASON_BOOT : is_on ? GW_REASON_CHANGE : GW_REASON_LAST_GASP;
  /* A state found at power-on is dated when it was found: when it began is not known. */
  draft(agent, reason, edge->power, edge->is_first ? now_ms : edge->at_ms, now_ms);
  if (edge->is_first) schedule_heartbeat(agent, now_ms, 0);
  else if (!is_on) save_alive(agent, edge->at_ms);
  if (is_on)
    agent->spread_until_ms =
        now_ms + gw_sched_phase_ms(agent->serial, (int64_t)agent->settings->spread_s * MS_PER_S);
  gw_agent_log(agent, GW_LOG_INFO, is_on ? "mains-on" : "mains-off", edge->at_ms);
}

static void sense_mains(struct gw_agent *agent, int64_t now_ms) {
  const struct gw_mains *mains = agent->ports->mains;
  int64_t pulses[PULSES_AT_ONCE];
  struct gw_power_edge edge;
  size_t count = 0;
  do {
    count = mains->take(mains->ctx, pulses, PULSES_AT_ONCE);
    for (size_t i = 0; i < count; i++)
      if (gw_power_pulse(&agent->power, pulses[i], &edge)) on_edge(agent, &edge, now_ms);
  } while (count == PULSES_AT_ONCE);
  if (gw_power_step(&agent->power, now_ms, &edge)) on_edge(agent, &edge, now_ms);
}

void gw_agent_sense(struct gw_agent *agent, int64_t now_ms) {
  const struct gw_meter *meter = agent->ports->meter;
  const bool clock_is_set = agent->ports->clock->is_set;
  sense_mains(agent, now_ms);
  if (meter) meter->step(meter->ctx, now_ms);
  if (!agent->power.is_declared) return;
  if (clock_is_set && !agent->clock_was_set) schedule_heartbeat(agent, now_ms, 0);
  agent->clock_was_set = clock_is_set;
  if (now_ms >= agent->heartbeat_at_ms) {
    draft(agent, GW_REASON_HEARTBEAT, agent->power.declared, now_ms, now_ms);
    /* A clock that was set back a little comes to the same place in the period twice. */
    schedule_heartbeat(agent, now_ms, heartbeat_ms(agent) / HEARTBEAT_APART);
  }
  /* Not before the boot reading is made: it tells the mark of the boot before. */
  bool is_on = agent->power.declared == GW_POWER_ON && agent->power.raw == GW_POWER_ON;
  if (is_on && clock_is_set && !agent->has_off_since && now_ms >= agent->alive_at_ms) {
    save_alive(agent, now_ms);
    agent->alive_at_ms = now_ms + ALIVE_PERIOD_MS;
  }
}
