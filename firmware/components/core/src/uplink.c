#include "gw/uplink_modem.h"

#include <string.h>

#include "gw/record.h"
#include "uplink_parts.h"

#define NEVER_MS INT64_MAX
#define READINGS_PATH "/api/v1/readings"
#define ONE_READING "application/cose"
#define SEQUENCE "application/cbor-seq"
/* A submission ends within this, whatever the modem does; a last gasp has no more than its capacitor. */
#define SUBMISSION_MS 300000
#define LAST_GASP_MS 60000
/* A command cut off by a last gasp gets this long for its result. */
#define RESULT_PATIENCE_MS 2000

static bool has_http(const struct gw_modem_uplink *self) { return self->config.http.origin != NULL; }
static bool has_mqtt(const struct gw_modem_uplink *self) { return self->config.mqtt.host != NULL; }

static void finish(struct gw_modem_uplink *self) {
  self->state = GW_UPLINK_DONE;
  self->lets_sleep = self->last_gasp;
}

static void post(struct gw_modem_uplink *self, int64_t now_ms) {
  const struct gw_http_request request = {
      .path = READINGS_PATH,
      .content_type = self->length == 1u ? ONE_READING : SEQUENCE,
      .messages = self->messages + self->first,
      .count = self->length,
      .urgent = self->last_gasp,
  };
  self->state = GW_UPLINK_POSTING;
  gw_sim7020_http_start(&self->http, now_ms, &request);
}

static void publish(struct gw_modem_uplink *self) {
  const struct gw_message *message = &self->messages[self->first];
  self->state = GW_UPLINK_PUBLISHING;
  gw_sim7020_mqtt_start(&self->mqtt, message);
}

static uint64_t seq_of(const struct gw_message *message) {
  struct gw_record_view view;
  return gw_record_view(message->bytes, message->len, &view) == GW_OK ? view.seq : 0;
}

/* The portal is out of reach: the broker gets the newest reading, unless it has it already. */
static void fall_back(struct gw_modem_uplink *self) {
  self->first = 0;
  if (!has_mqtt(self) || seq_of(&self->messages[0]) == self->published_seq)
    finish(self);
  else
    publish(self);
}

static void take_answer(struct gw_modem_uplink *self, int64_t now_ms) {
  const struct gw_http_response *response = &self->http.response;
  if (self->length > 1u && gw_uplink_refused_as_one(response)) {
    self->length = 1; /* one unreadable message spoils the sequence: the others shall not suffer */
    post(self, now_ms);
    return;
  }
  gw_uplink_take_results(response, self->length, self->results + self->first);
  self->first += self->length;
  if (self->first < self->count && gw_uplink_goes_on(response))
    post(self, now_ms);
  else
    finish(self);
}

static void poll_posting(struct gw_modem_uplink *self, int64_t now_ms) {
  switch (gw_sim7020_http_poll(&self->http, now_ms)) {
    case GW_HTTP_RUNNING:
      break;
    case GW_HTTP_ANSWERED:
      gw_sim7020_succeeded(&self->modem);
      take_answer(self, now_ms);
      break;
    case GW_HTTP_UNREACHABLE:
      gw_sim7020_no_server(&self->modem);
      fall_back(self);
      break;
    case GW_HTTP_MODEM_FAILED:
      gw_sim7020_fail(&self->modem, "http_no_result");
      finish(self);
      break;
  }
}

static void take_published(struct gw_modem_uplink *self) {
  self->published_seq = seq_of(&self->messages[self->first]);
  if (has_http(self)) {
    finish(self);
    return;
  }
  self->results[self->first].outcome = GW_OUTCOME_ACCEPTED;
  self->first += 1;
  if (self->first < self->count)
    publish(self);
  else
    finish(self);
}

static void poll_publishing(struct gw_modem_uplink *self, int64_t now_ms) {
  switch (gw_sim7020_mqtt_poll(&self->mqtt, now_ms)) {
    case GW_MQTT_RUNNING:
      break;
    case GW_MQTT_PUBLISHED:
      gw_sim7020_succeeded(&self->modem);
      take_published(self);
      break;
    case GW_MQTT_UNREACHABLE:
      if (!has_http(self)) gw_sim7020_no_server(&self->modem);
      finish(self);
      break;
    case GW_MQTT_MODEM_FAILED:
      gw_sim7020_fail(&self->modem, "mqtt_no_result");
      finish(self);
      break;
  }
}

/* What was under way ended with the module. */
static void modem_is_away(struct gw_modem_uplink *self) {
  gw_sim7020_http_reset(&self->http);
  gw_sim7020_mqtt_reset(&self->mqtt);
  switch (self->state) {
    case GW_UPLINK_POSTING:
    case GW_UPLINK_PUBLISHING:
      finish(self);
      break;
    case GW_UPLINK_CLOSING:
      if (self->count > 0)
        gw_uplink_wait(self);
      else
        self->state = GW_UPLINK_RESTING;
      break;
    case GW_UPLINK_ASKING_TIME:
    case GW_UPLINK_FETCHING:
    case GW_UPLINK_LINGERING:
      gw_uplink_end_fetch(self, 0);
      self->state = GW_UPLINK_RESTING;
      break;
    default:
      break;
  }
}

static void poll_state(struct gw_modem_uplink *self, int64_t now_ms) {
  switch (self->state) {
    case GW_UPLINK_RESTING:
      if (gw_at_take(&self->modem.at) == GW_AT_BUSY) break; /* the last word to the module, on its sleep */
      if (has_http(self) && !self->modem.clock->is_set && now_ms >= self->ask_time_ms) gw_uplink_ask_time(self, now_ms);
      break;
    case GW_UPLINK_ASKING_TIME:
    case GW_UPLINK_FETCHING:
      gw_uplink_poll_exchange(self, now_ms);
      break;
    case GW_UPLINK_WAITING:
      if (has_http(self))
        post(self, now_ms);
      else
        publish(self);
      break;
    case GW_UPLINK_POSTING:
      poll_posting(self, now_ms);
      break;
    case GW_UPLINK_PUBLISHING:
      poll_publishing(self, now_ms);
      break;
    case GW_UPLINK_LINGERING:
      if (now_ms >= self->until_ms || self->lets_sleep) gw_uplink_begin_closing(self, 0);
      break;
    case GW_UPLINK_CLOSING:
      gw_uplink_close(self, now_ms);
      break;
    case GW_UPLINK_DONE:
      break;
  }
}

static bool is_sending(const struct gw_modem_uplink *self) {
  return self->state == GW_UPLINK_POSTING || self->state == GW_UPLINK_PUBLISHING;
}

static void give_up(struct gw_modem_uplink *self, int64_t now_ms) {
  gw_uplink_end_fetch(self, 0);
  gw_sim7020_http_abort(&self->http);
  gw_sim7020_mqtt_abort(&self->mqtt);
  gw_uplink_begin_closing(self, now_ms + RESULT_PATIENCE_MS);
}

static bool report(struct gw_modem_uplink *self, int64_t now_ms, struct gw_result *results) {
  memcpy(results, self->results, self->count * sizeof results[0]);
  self->count = 0;
  gw_sim7020_want(&self->modem, false);
  if (self->state == GW_UPLINK_DONE) gw_uplink_linger(self, now_ms);
  return true;
}

static bool poll(void *ctx, int64_t now_ms, struct gw_result *results) {
  struct gw_modem_uplink *self = ctx;
  gw_sim7020_poll(&self->modem, now_ms);
  if (gw_sim7020_ready(&self->modem))
    poll_state(self, now_ms);
  else
    modem_is_away(self);
  if (self->state == GW_UPLINK_DONE) return report(self, now_ms, results);
  if (self->count == 0 || now_ms < self->deadline_ms) return false;
  if (is_sending(self)) give_up(self, now_ms);
  else if (self->state == GW_UPLINK_WAITING) self->state = GW_UPLINK_RESTING;
  return report(self, now_ms, results);
}

static enum gw_status submit(void *ctx, int64_t now_ms, const struct gw_submission *submission) {
  struct gw_modem_uplink *self = ctx;
  const size_t most = submission->last_gasp ? 1u : self->uplink.messages_max;
  size_t bytes = 0;
  if (self->count > 0) return GW_E_BUSY;
  if (submission->count == 0 || submission->count > most) return GW_E_ARGUMENT;
  for (size_t i = 0; i < submission->count; i += 1) bytes += submission->messages[i].len;
  if (bytes > self->uplink.bytes_max) return GW_E_ARGUMENT;
  memcpy(self->messages, submission->messages, submission->count * sizeof self->messages[0]);
  memset(self->results, 0, sizeof self->results);
  self->count = submission->count;
  self->first = 0;
  self->length = submission->count;
  self->last_gasp = submission->last_gasp;
  self->lets_sleep = false;
  self->deadline_ms = now_ms + (submission->last_gasp ? LAST_GASP_MS : SUBMISSION_MS);
  /* A range is in soon, and what it cost is not lost; a last gasp waits for nothing. */
  if (self->state == GW_UPLINK_FETCHING && !submission->last_gasp) return GW_OK;
  if (self->state == GW_UPLINK_ASKING_TIME || self->state == GW_UPLINK_FETCHING)
    give_up(self, now_ms);
  else if (self->state != GW_UPLINK_CLOSING)
    gw_uplink_wait(self);
  return GW_OK;
}

static void cancel(void *ctx, int64_t now_ms) {
  struct gw_modem_uplink *self = ctx;
  if (is_sending(self)) give_up(self, now_ms);
  if (self->state == GW_UPLINK_WAITING || self->state == GW_UPLINK_DONE) gw_uplink_linger(self, now_ms);
  self->count = 0;
}

static int64_t sooner(int64_t a_ms, int64_t b_ms) { return a_ms < b_ms ? a_ms : b_ms; }

static int64_t wake_ms(void *ctx, int64_t now_ms) {
  struct gw_modem_uplink *self = ctx;
  int64_t soonest = gw_sim7020_wake_ms(&self->modem, now_ms);
  if (self->count > 0) soonest = sooner(soonest, self->deadline_ms);
  if (!gw_sim7020_ready(&self->modem)) return soonest;
  switch (self->state) {
    case GW_UPLINK_RESTING:
      if (has_http(self) && !self->modem.clock->is_set) soonest = sooner(soonest, self->ask_time_ms);
      break;
    case GW_UPLINK_ASKING_TIME:
    case GW_UPLINK_FETCHING:
    case GW_UPLINK_POSTING:
      soonest = sooner(soonest, gw_sim7020_http_wake_ms(&self->http, now_ms));
      break;
    case GW_UPLINK_PUBLISHING:
      soonest = sooner(soonest, gw_sim7020_mqtt_wake_ms(&self->mqtt, now_ms));
      break;
    case GW_UPLINK_LINGERING:
      soonest = sooner(soonest, self->lets_sleep ? now_ms : self->until_ms);
      break;
    case GW_UPLINK_CLOSING:
      soonest = sooner(soonest, self->modem.at.result == GW_AT_BUSY ? self->modem.at.deadline_ms : now_ms);
      if (self->until_ms != 0) soonest = sooner(soonest, self->until_ms);
      break;
    default:
      soonest = now_ms;
      break;
  }
  return soonest < now_ms ? now_ms : soonest;
}

enum gw_status gw_modem_uplink_init(struct gw_modem_uplink *uplink, const struct gw_modem_uplink_config *config,
                                    const struct gw_stream *uart, const struct gw_modem_pins *pins,
                                    struct gw_clock *clock, const struct gw_log *log) {
  if (!gw_uplink_config_is_usable(config)) return GW_E_ARGUMENT;
  memset(uplink, 0, sizeof *uplink);
  uplink->config = *config;
  uplink->uplink = (struct gw_uplink){
      .ctx = uplink,
      .messages_max = GW_UPLINK_MESSAGES_MAX,
      .bytes_max = config->http.origin != NULL ? GW_HTTP_BODY_MAX : GW_MQTT_PAYLOAD_MAX,
      .submit = submit,
      .poll = poll,
      .cancel = cancel,
      .wake_ms = wake_ms,
      .fetch = has_http(uplink) ? gw_uplink_fetch : NULL,
  };
  gw_sim7020_init(&uplink->modem, &uplink->config.modem, uart, pins, clock, log);
  gw_sim7020_http_init(&uplink->http, &uplink->modem, &uplink->config.http);
  gw_sim7020_mqtt_init(&uplink->mqtt, &uplink->modem, &uplink->config.mqtt);
  gw_uplink_listen(uplink);
  return GW_OK;
}
