/*
 * Mains present or not, from the pulses of the opto-coupler: one every half cycle. A change is declared when it has
 * lasted, and carries the moment at which it began. A supply that flaps is declared ever more slowly, so that it cannot
 * fill the log; the first edge of what lasts in the end is still exact.
 */
#ifndef GW_POWER_H
#define GW_POWER_H

#include "gw/record.h"

#define GW_POWER_GAP_MS 35u         /* more than three half cycles at 50 Hz without a pulse */
#define GW_POWER_RUN_PULSES 4u      /* fewer pulses in a row are noise */
#define GW_POWER_HOLD_MAX_MS 60000u /* longest declaration period while flapping */
#define GW_POWER_CALM_MS 300000u    /* a declared state this old ends the flapping */

struct gw_power_edge {
  enum gw_power power;
  int64_t at_ms;
  bool is_first; /* the first declaration since power-on: a state, not a change */
};

struct gw_power_fsm {
  uint32_t declare_ms;
  uint32_t hold_ms;
  bool is_declared;
  enum gw_power declared;
  int64_t declared_at_ms; /* when the declaration was made */
  enum gw_power raw;
  int64_t raw_edge_ms;
  int64_t last_pulse_ms;
  int64_t run_start_ms;
  uint32_t run_pulses;
  uint32_t flaps; /* raw changes that did not last */
};

void gw_power_init(struct gw_power_fsm *fsm, uint32_t declare_ms, int64_t now_ms);

/* One pulse; times ascend. True when it makes a declaration due, which `edge` then holds. */
bool gw_power_pulse(struct gw_power_fsm *fsm, int64_t at_ms, struct gw_power_edge *edge);

/* Time passes; call after the pulses before `now_ms`. */
bool gw_power_step(struct gw_power_fsm *fsm, int64_t now_ms, struct gw_power_edge *edge);

#endif
