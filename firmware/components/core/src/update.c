#include "gw/update.h"

#include <string.h>

#define PATH_HEAD "/api/v1/firmware/"
#define PATH_TAIL "/manifest"
#define FIRST_MS 120000
#define FIRST_SPREAD_MS 600000 /* devices of a feeder start together */
#define DAY_MS 86400000
#define AGAIN_MS 3600000 /* what was begun and failed is begun anew after this */
#define STATUS_OK 200
#define STATUS_PARTIAL 206
#define STATUS_CLIENT_ERROR 400
#define STATUS_SERVER_ERROR 500

enum gw_status gw_update_init(struct gw_update *update, const struct gw_update_config *config,
                              const uint8_t serial[GW_SERIAL_BYTES], int64_t now_ms) {
  const size_t len = strlen(config->target);
  if (len < 1 || len > GW_OTA_TARGET_MAX || config->uplink->fetch == NULL) return GW_E_ARGUMENT;
  memset(update, 0, sizeof *update);
  update->config = *config;
  memcpy(update->path, PATH_HEAD, sizeof PATH_HEAD - 1u);
  memcpy(update->path + sizeof PATH_HEAD - 1u, config->target, len);
  memcpy(update->path + sizeof PATH_HEAD - 1u + len, PATH_TAIL, sizeof PATH_TAIL);
  gw_ota_init(&update->ota, config->sink, config->kv, config->target);
  gw_backoff_init(&update->backoff, serial);
  update->ask_at_ms = now_ms + FIRST_MS + gw_sched_phase_ms(serial, FIRST_SPREAD_MS);
  return GW_OK;
}

static void tell(const struct gw_update *update, enum gw_log_level level, const char *word, int64_t value) {
  const struct gw_log *log = update->config.log;
  if (log) log->event(log->ctx, level, word, value);
}

static void rest_until(struct gw_update *update, int64_t ask_at_ms) {
  update->state = GW_UPDATE_RESTING;
  update->ask_at_ms = ask_at_ms;
}

/* No answer, or "not now": the same once more, later. */
static bool is_refused(const struct gw_fetch *fetch) {
  return fetch->status >= STATUS_CLIENT_ERROR && fetch->status < STATUS_SERVER_ERROR;
}

static void take_manifest(struct gw_update *update, int64_t now_ms) {
  const struct gw_update_config *config = &update->config;
  const struct gw_fetch *fetch = &update->fetch;
  if (is_refused(fetch)) {
    rest_until(update, now_ms + DAY_MS); /* none for this target */
    return;
  }
  if (fetch->status != STATUS_OK || fetch->got > fetch->max) {
    gw_backoff_failed(&update->backoff, now_ms, 0);
    return;
  }
  gw_backoff_succeeded(&update->backoff);
  enum gw_status status =
      gw_ota_begin(&update->ota, config->verifier, config->operator_key, fetch->bytes, fetch->got);
  if (status == GW_OK) {
    tell(update, GW_LOG_INFO, "update", update->ota.manifest.version);
    update->state = GW_UPDATE_LOADING;
    return;
  }
  if (status != GW_E_VERSION) tell(update, GW_LOG_WARN, "update_refused", status);
  rest_until(update, now_ms + DAY_MS);
}

static void take_range(struct gw_update *update, int64_t now_ms) {
  const struct gw_fetch *fetch = &update->fetch;
  if (is_refused(fetch)) {
    tell(update, GW_LOG_WARN, "update_gone", fetch->status);
    rest_until(update, now_ms + AGAIN_MS);
    return;
  }
  if (fetch->status != STATUS_PARTIAL || fetch->got != fetch->len) {
    gw_backoff_failed(&update->backoff, now_ms, 0);
    return;
  }
  gw_backoff_succeeded(&update->backoff);
  enum gw_status status = gw_ota_received(&update->ota, fetch->offset, fetch->bytes, fetch->len);
  if (status == GW_OK && update->ota.state == GW_OTA_LOADING) return;
  if (status != GW_OK) tell(update, GW_LOG_WARN, "update_failed", status);
  rest_until(update, now_ms + AGAIN_MS);
}

static void begin_fetch(struct gw_update *update, int64_t now_ms) {
  const struct gw_uplink *uplink = update->config.uplink;
  update->fetch = (struct gw_fetch){.path = update->path, .bytes = update->bytes, .max = GW_OTA_MANIFEST_MAX};
  if (update->state == GW_UPDATE_LOADING) {
    if (gw_ota_wanted(&update->ota, &update->fetch.offset, &update->fetch.len) != GW_OK) return;
    update->fetch.path = update->ota.manifest.path;
    update->fetch.max = sizeof update->bytes;
  }
  update->is_fetching = uplink->fetch(uplink->ctx, now_ms, &update->fetch) == GW_OK;
}

int64_t gw_update_step(struct gw_update *update, int64_t now_ms, bool has_time) {
  if (update->is_fetching && !update->fetch.has_ended) return INT64_MAX;
  if (update->is_fetching) {
    update->is_fetching = false;
    if (update->state == GW_UPDATE_ASKING) take_manifest(update, now_ms);
    else take_range(update, now_ms);
  }
  if (gw_update_wants_restart(update)) return INT64_MAX;
  if (update->state == GW_UPDATE_RESTING && now_ms < update->ask_at_ms) return update->ask_at_ms;
  if (now_ms < update->backoff.not_before_ms) return update->backoff.not_before_ms;
  /* Whoever has no time now says so at the next step; nothing is to be waited for here. */
  if (!has_time) return INT64_MAX;
  if (update->state == GW_UPDATE_RESTING) update->state = GW_UPDATE_ASKING;
  begin_fetch(update, now_ms);
  return update->is_fetching ? now_ms : INT64_MAX;
}

bool gw_update_wants_restart(const struct gw_update *update) { return update->ota.state == GW_OTA_COMPLETE; }
