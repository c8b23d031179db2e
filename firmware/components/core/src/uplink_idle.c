/* What the uplink does between submissions: asking the time, fetching, keeping the connection for a moment, closing it. */
#include "uplink_parts.h"

#define TIME_PATH "/health"
#define LINGER_MS 5000
#define ASK_TIME_AGAIN_MS 120000

/* Any answer of the portal carries the time in its header. */
void gw_uplink_ask_time(struct gw_modem_uplink *self, int64_t now_ms) {
  const struct gw_http_request request = {.path = TIME_PATH};
  self->ask_time_ms = now_ms + ASK_TIME_AGAIN_MS;
  self->state = GW_UPLINK_ASKING_TIME;
  gw_sim7020_http_start(&self->http, now_ms, &request);
}

enum gw_status gw_uplink_fetch(void *ctx, int64_t now_ms, struct gw_fetch *fetch) {
  struct gw_modem_uplink *self = ctx;
  const struct gw_http_request request = {.path = fetch->path, .fetch = fetch};
  const bool is_free = self->state == GW_UPLINK_RESTING || self->state == GW_UPLINK_LINGERING;
  if (self->count > 0 || self->lets_sleep || !is_free || !gw_sim7020_ready(&self->modem)) return GW_E_BUSY;
  if (gw_at_take(&self->modem.at) == GW_AT_BUSY) return GW_E_BUSY;
  fetch->has_ended = false;
  fetch->status = 0;
  self->fetch = fetch;
  self->state = GW_UPLINK_FETCHING;
  gw_sim7020_http_start(&self->http, now_ms, &request);
  return GW_OK;
}

void gw_uplink_end_fetch(struct gw_modem_uplink *self, int32_t status) {
  if (self->fetch == NULL) return;
  self->fetch->status = status;
  self->fetch->has_ended = true;
  self->fetch = NULL;
}

void gw_uplink_linger(struct gw_modem_uplink *self, int64_t now_ms) {
  self->state = GW_UPLINK_LINGERING;
  self->until_ms = now_ms + LINGER_MS;
}

void gw_uplink_poll_exchange(struct gw_modem_uplink *self, int64_t now_ms) {
  const enum gw_http_state state = gw_sim7020_http_poll(&self->http, now_ms);
  if (state == GW_HTTP_RUNNING) return;
  if (state == GW_HTTP_ANSWERED) gw_sim7020_succeeded(&self->modem);
  if (state == GW_HTTP_UNREACHABLE) gw_sim7020_no_server(&self->modem);
  if (state == GW_HTTP_MODEM_FAILED) gw_sim7020_fail(&self->modem, "http_no_result");
  gw_uplink_end_fetch(self, state == GW_HTTP_ANSWERED ? self->http.response.status : 0);
  if (self->count > 0) gw_uplink_wait(self);
  else gw_uplink_linger(self, now_ms);
}

void gw_uplink_wait(struct gw_modem_uplink *self) {
  gw_sim7020_want(&self->modem, true);
  self->state = GW_UPLINK_WAITING;
}

void gw_uplink_begin_closing(struct gw_modem_uplink *self, int64_t patience_until_ms) {
  self->state = GW_UPLINK_CLOSING;
  self->until_ms = patience_until_ms;
}

void gw_uplink_close(struct gw_modem_uplink *self, int64_t now_ms) {
  if (self->modem.at.result == GW_AT_BUSY && now_ms < self->until_ms) return;
  if (self->until_ms != 0) gw_at_abandon(&self->modem.at);
  self->until_ms = 0;
  if (!gw_sim7020_http_close(&self->http, now_ms) || !gw_sim7020_mqtt_close(&self->mqtt, now_ms)) return;
  if (self->count > 0) {
    gw_uplink_wait(self);
    return;
  }
  if (self->lets_sleep) gw_sim7020_let_sleep(&self->modem);
  self->lets_sleep = false;
  self->state = GW_UPLINK_RESTING;
}
