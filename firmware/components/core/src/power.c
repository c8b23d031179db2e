#include "gw/power.h"

void gw_power_init(struct gw_power_fsm *fsm, uint32_t declare_ms, int64_t now_ms) {
  *fsm = (struct gw_power_fsm){.declare_ms = declare_ms,
                               .hold_ms = declare_ms,
                               .raw = GW_POWER_OFF,
                               .raw_edge_ms = now_ms,
                               .last_pulse_ms = now_ms};
}

static void set_raw(struct gw_power_fsm *fsm, enum gw_power raw, int64_t edge_ms) {
  if (fsm->raw == raw) return;
  fsm->raw = raw;
  fsm->raw_edge_ms = edge_ms;
  if (fsm->is_declared && raw == fsm->declared) fsm->flaps++;
}

/* Two changes within a minute: the next one has to last twice as long. */
static void adapt_hold(struct gw_power_fsm *fsm, int64_t now_ms) {
  if (now_ms - fsm->declared_at_ms >= (int64_t)GW_POWER_HOLD_MAX_MS) return;
  fsm->hold_ms = fsm->hold_ms * 2 < GW_POWER_HOLD_MAX_MS ? fsm->hold_ms * 2 : GW_POWER_HOLD_MAX_MS;
}

/* Declares the raw state when it has lasted until `now_ms`. */
static bool settle(struct gw_power_fsm *fsm, int64_t now_ms, struct gw_power_edge *edge) {
  if (fsm->is_declared && fsm->raw == fsm->declared) return false;
  if (fsm->is_declared && now_ms - fsm->declared_at_ms >= (int64_t)GW_POWER_CALM_MS) fsm->hold_ms = fsm->declare_ms;
  if (now_ms - fsm->raw_edge_ms < (int64_t)fsm->hold_ms) return false;
  *edge = (struct gw_power_edge){fsm->raw, fsm->raw_edge_ms, !fsm->is_declared};
  if (fsm->is_declared) adapt_hold(fsm, now_ms);
  fsm->is_declared = true;
  fsm->declared = fsm->raw;
  fsm->declared_at_ms = now_ms;
  return true;
}

static bool gap_before(const struct gw_power_fsm *fsm, int64_t at_ms) {
  return at_ms - fsm->last_pulse_ms > (int64_t)GW_POWER_GAP_MS;
}

bool gw_power_pulse(struct gw_power_fsm *fsm, int64_t at_ms, struct gw_power_edge *edge) {
  bool declared = gw_power_step(fsm, at_ms, edge);
  if (gap_before(fsm, at_ms) || fsm->run_pulses == 0) {
    fsm->run_start_ms = at_ms;
    fsm->run_pulses = 0;
  }
  fsm->last_pulse_ms = at_ms;
  if (fsm->run_pulses < GW_POWER_RUN_PULSES) fsm->run_pulses++;
  if (fsm->run_pulses == GW_POWER_RUN_PULSES) set_raw(fsm, GW_POWER_ON, fsm->run_start_ms);
  return declared;
}

bool gw_power_step(struct gw_power_fsm *fsm, int64_t now_ms, struct gw_power_edge *edge) {
  if (fsm->raw == GW_POWER_ON && gap_before(fsm, now_ms)) set_raw(fsm, GW_POWER_OFF, fsm->last_pulse_ms);
  return settle(fsm, now_ms, edge);
}
