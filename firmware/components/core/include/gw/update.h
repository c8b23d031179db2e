/*
 * Updates from the portal (docs/formats/device-messages.md): asks for the manifest of its target a few minutes after the
 * start and once a day from then on, loads the image range by range, and says when to restart into it. It takes second
 * place: it begins a fetch only when it is told that there is time, and a last gasp ends the one under way.
 */
#ifndef GW_UPDATE_H
#define GW_UPDATE_H

#include "gw/ota.h"
#include "gw/sched.h"
#include "gw/uplink.h"

#define GW_UPDATE_PATH_MAX (17u + GW_OTA_TARGET_MAX + 9u) /* /api/v1/firmware/<target>/manifest */

struct gw_update_config {
  const struct gw_ota_sink *sink;
  const struct gw_kv *kv;
  const struct gw_verifier *verifier;
  const uint8_t *operator_key; /* GW_PUBLIC_KEY_BYTES */
  const struct gw_uplink *uplink;
  const struct gw_log *log;
  const char *target;
};

enum gw_update_state { GW_UPDATE_RESTING, GW_UPDATE_ASKING, GW_UPDATE_LOADING };

struct gw_update {
  struct gw_update_config config;
  struct gw_ota ota;
  struct gw_backoff backoff;
  enum gw_update_state state;
  bool is_fetching;
  int64_t ask_at_ms;
  struct gw_fetch fetch;
  char path[GW_UPDATE_PATH_MAX + 1];
  uint8_t bytes[GW_OTA_RANGE_BYTES];
};

/* What the configuration points at stays. GW_E_ARGUMENT for a target longer than it may be, or an uplink that cannot fetch. */
enum gw_status gw_update_init(struct gw_update *update, const struct gw_update_config *config,
                              const uint8_t serial[GW_SERIAL_BYTES], int64_t now_ms);

/* One step, after the uplink's poll. `has_time`: nothing more important waits. Gives the moment before which it wants the next. */
int64_t gw_update_step(struct gw_update *update, int64_t now_ms, bool has_time);

/* Another image is in place and runs after a restart. */
bool gw_update_wants_restart(const struct gw_update *update);

#endif
