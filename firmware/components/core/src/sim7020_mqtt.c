#include "gw/sim7020_mqtt.h"

#include <string.h>

#define NEVER_MS INT64_MAX
#define ANSWER_MS 10000
#define CONNECT_MS 90000
#define PUBLISH_MS 60000
/* Some modules fail to connect right after CMQNEW; seen by a public driver. */
#define PAUSE_MS 1000
#define SLICE_MAX 1000u
#define KEEP_ALIVE_S "600"

void gw_sim7020_mqtt_init(struct gw_sim7020_mqtt *mqtt, struct gw_sim7020 *modem,
                          const struct gw_mqtt_config *config) {
  memset(mqtt, 0, sizeof *mqtt);
  mqtt->modem = modem;
  mqtt->config = config;
}

void gw_sim7020_mqtt_reset(struct gw_sim7020_mqtt *mqtt) {
  gw_sim7020_mqtt_init(mqtt, mqtt->modem, mqtt->config);
}

static void go_to(struct gw_sim7020_mqtt *mqtt, enum gw_mqtt_stage stage) {
  mqtt->stage = stage;
  mqtt->stage_sent = false;
}

void gw_sim7020_mqtt_abort(struct gw_sim7020_mqtt *mqtt) {
  mqtt->is_open = false;
  mqtt->has_client = mqtt->has_client || mqtt->stage != GW_MQTT_IDLE;
  go_to(mqtt, GW_MQTT_IDLE);
}

void gw_sim7020_mqtt_start(struct gw_sim7020_mqtt *mqtt, const struct gw_message *message) {
  mqtt->message = message;
  mqtt->was_open = mqtt->is_open;
  mqtt->certificate_retried = false;
  mqtt->certificate_at = 0;
  go_to(mqtt, mqtt->is_open ? GW_MQTT_PUBLISH : GW_MQTT_SYNC);
}

/* A line end is sent, and counted, as the two characters \n. */
static uint32_t escaped_len(const char *pem) {
  uint32_t len = 0;
  for (; *pem != '\0'; pem += 1) len += *pem == '\n' ? 2u : *pem == '\r' ? 0u : 1u;
  return len;
}

/* AT+CSETCA=<0 root>,<total>,<1 more|0 last>,<0 text>,"<slice>" [M 13.2]. */
static void send_certificate(struct gw_sim7020_mqtt *mqtt) {
  struct gw_at *at = &mqtt->modem->at;
  const char *pem = mqtt->config->ca_pem;
  size_t end = mqtt->certificate_at;
  for (uint32_t len = 0; pem[end] != '\0' && len + 2u <= SLICE_MAX; end += 1)
    len += pem[end] == '\n' ? 2u : 1u;
  gw_at_begin(at, "AT+CSETCA=0,");
  gw_at_number(at, escaped_len(pem));
  gw_at_text(at, pem[end] == '\0' ? ",0,0,\"" : ",1,0,\"");
  for (size_t i = mqtt->certificate_at; i < end; i += 1) {
    if (pem[i] == '\n')
      gw_at_text(at, "\\n");
    else if (pem[i] != '\r')
      gw_at_chars(at, &pem[i], 1);
  }
  gw_at_text(at, "\"");
  mqtt->certificate_at = (uint16_t)end;
}

/* AT+CMQNEW="<host>","<port>",<timeout ms>,<buffer> [M 13.1], CMQTTSNEW over TLS. */
static void send_new(struct gw_sim7020_mqtt *mqtt) {
  struct gw_at *at = &mqtt->modem->at;
  gw_at_begin(at, mqtt->config->ca_pem != NULL ? "AT+CMQTTSNEW=\"" : "AT+CMQNEW=\"");
  gw_at_text(at, mqtt->config->host);
  gw_at_text(at, "\",\"");
  gw_at_text(at, mqtt->config->port);
  gw_at_text(at, "\",60000,1132");
}

/* AT+CMQCON=0,<4 = 3.1.1>,"<client>",<keep alive>,<clean>,<will>[,"user","password"]. */
static void send_connect(struct gw_sim7020_mqtt *mqtt) {
  struct gw_at *at = &mqtt->modem->at;
  gw_at_begin(at, "AT+CMQCON=0,4,\"");
  gw_at_text(at, mqtt->config->client_id);
  gw_at_text(at, "\"," KEEP_ALIVE_S ",1,0");
  if (mqtt->config->user[0] == '\0') return;
  gw_at_text(at, ",\"");
  gw_at_text(at, mqtt->config->user);
  gw_at_text(at, "\",\"");
  gw_at_text(at, mqtt->config->password);
  gw_at_text(at, "\"");
}

/* AT+CMQPUB=0,"<topic>",<QoS 1>,<retained>,<dup>,<characters of hex>,"<hex>". */
static void send_publish(struct gw_sim7020_mqtt *mqtt) {
  struct gw_at *at = &mqtt->modem->at;
  gw_at_begin(at, "AT+CMQPUB=0,\"");
  gw_at_text(at, mqtt->config->topic);
  gw_at_text(at, "\",1,0,0,");
  gw_at_number(at, (uint32_t)(2u * mqtt->message->len));
  gw_at_text(at, ",\"");
  gw_at_hex(at, mqtt->message->bytes, mqtt->message->len);
  gw_at_text(at, "\"");
}

static void send_stage(struct gw_sim7020_mqtt *mqtt, int64_t now_ms) {
  struct gw_at *at = &mqtt->modem->at;
  int32_t answer_ms = ANSWER_MS;
  switch (mqtt->stage) {
    case GW_MQTT_SYNC:
      gw_at_begin(at, "AT+CMQTSYNC=1");
      break;
    case GW_MQTT_HEX:
      gw_at_begin(at, "AT+CREVHEX=1");
      break;
    case GW_MQTT_CERTIFICATE:
      send_certificate(mqtt);
      break;
    case GW_MQTT_NEW:
      send_new(mqtt);
      answer_ms = CONNECT_MS;
      break;
    case GW_MQTT_CONNECT:
      send_connect(mqtt);
      answer_ms = CONNECT_MS;
      break;
    case GW_MQTT_PUBLISH:
      send_publish(mqtt);
      answer_ms = PUBLISH_MS;
      break;
    default:
      gw_at_begin(at, "AT+CMQDISCON=0");
      break;
  }
  gw_at_end(at, now_ms, answer_ms);
  mqtt->stage_sent = true;
}

static enum gw_mqtt_state end(struct gw_sim7020_mqtt *mqtt, enum gw_mqtt_state state) {
  go_to(mqtt, GW_MQTT_IDLE);
  mqtt->message = NULL;
  return state;
}

static void go_to_certificate(struct gw_sim7020_mqtt *mqtt) {
  const bool needed = mqtt->config->ca_pem != NULL && !mqtt->has_certificate;
  go_to(mqtt, needed ? GW_MQTT_CERTIFICATE : GW_MQTT_NEW);
}

/* An older certificate cannot be deleted: the first slice then fails and clears it, and all begins again, once. */
static enum gw_mqtt_state take_certificate(struct gw_sim7020_mqtt *mqtt, bool ok) {
  if (!ok) {
    if (mqtt->certificate_retried) return end(mqtt, GW_MQTT_MODEM_FAILED);
    mqtt->certificate_retried = true;
    mqtt->certificate_at = 0;
  }
  mqtt->has_certificate = ok && mqtt->config->ca_pem[mqtt->certificate_at] == '\0';
  go_to_certificate(mqtt);
  return GW_MQTT_RUNNING;
}

/* The connection may have been lost between two publishes, and an old client may stand in the way of a new one. */
static enum gw_mqtt_state take_failure(struct gw_sim7020_mqtt *mqtt) {
  const bool worth_another = mqtt->was_open || !mqtt->has_client;
  mqtt->is_open = false;
  mqtt->was_open = false;
  if (!worth_another || mqtt->stage == GW_MQTT_DISCONNECT) return end(mqtt, GW_MQTT_UNREACHABLE);
  mqtt->has_client = true;
  go_to(mqtt, GW_MQTT_DISCONNECT);
  return GW_MQTT_RUNNING;
}

static enum gw_mqtt_state take_stage(struct gw_sim7020_mqtt *mqtt, int64_t now_ms, bool ok) {
  switch (mqtt->stage) {
    case GW_MQTT_SYNC:
      go_to(mqtt, GW_MQTT_HEX);
      break;
    case GW_MQTT_HEX:
      go_to_certificate(mqtt);
      break;
    case GW_MQTT_CERTIFICATE:
      return take_certificate(mqtt, ok);
    case GW_MQTT_NEW:
      if (!ok) return take_failure(mqtt);
      mqtt->has_client = true;
      mqtt->pause_until_ms = now_ms + PAUSE_MS;
      go_to(mqtt, GW_MQTT_PAUSE);
      break;
    case GW_MQTT_CONNECT:
      if (!ok) return take_failure(mqtt);
      mqtt->is_open = true;
      go_to(mqtt, GW_MQTT_PUBLISH);
      break;
    case GW_MQTT_PUBLISH:
      return ok ? end(mqtt, GW_MQTT_PUBLISHED) : take_failure(mqtt);
    default: /* the old client is gone, or was none */
      go_to(mqtt, GW_MQTT_NEW);
      break;
  }
  return GW_MQTT_RUNNING;
}

enum gw_mqtt_state gw_sim7020_mqtt_poll(struct gw_sim7020_mqtt *mqtt, int64_t now_ms) {
  if (mqtt->stage == GW_MQTT_IDLE) return GW_MQTT_UNREACHABLE;
  if (mqtt->stage == GW_MQTT_PAUSE) {
    if (now_ms >= mqtt->pause_until_ms) go_to(mqtt, GW_MQTT_CONNECT);
  } else if (mqtt->stage_sent) {
    const enum gw_at_result result = gw_at_take(&mqtt->modem->at);
    if (result == GW_AT_BUSY) return GW_MQTT_RUNNING;
    if (result == GW_AT_TIMEOUT) return end(mqtt, GW_MQTT_MODEM_FAILED);
    const enum gw_mqtt_state state = take_stage(mqtt, now_ms, result == GW_AT_OK);
    if (state != GW_MQTT_RUNNING) return state;
  }
  if (mqtt->stage != GW_MQTT_PAUSE && !mqtt->stage_sent) send_stage(mqtt, now_ms);
  return GW_MQTT_RUNNING;
}

int64_t gw_sim7020_mqtt_wake_ms(const struct gw_sim7020_mqtt *mqtt, int64_t now_ms) {
  if (mqtt->stage == GW_MQTT_IDLE) return NEVER_MS;
  if (mqtt->stage == GW_MQTT_PAUSE) return mqtt->pause_until_ms;
  return mqtt->stage_sent ? NEVER_MS : now_ms;
}

bool gw_sim7020_mqtt_close(struct gw_sim7020_mqtt *mqtt, int64_t now_ms) {
  if (mqtt->stage == GW_MQTT_IDLE && !mqtt->has_client) return true;
  if (mqtt->stage != GW_MQTT_DISCONNECT) {
    go_to(mqtt, GW_MQTT_DISCONNECT);
    send_stage(mqtt, now_ms);
    return false;
  }
  if (gw_at_take(&mqtt->modem->at) == GW_AT_BUSY) return false;
  const bool has_certificate = mqtt->has_certificate;
  gw_sim7020_mqtt_reset(mqtt);
  mqtt->has_certificate = has_certificate;
  return true;
}

void gw_sim7020_mqtt_line(struct gw_sim7020_mqtt *mqtt, const char *line) {
  if (gw_at_parameters(line, "+CMQDISCON") == NULL) return;
  mqtt->is_open = false;
  mqtt->has_client = false;
}
