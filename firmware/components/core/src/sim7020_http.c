#include "gw/sim7020_http.h"

#include <string.h>

#define NEVER_MS INT64_MAX
#define ANSWER_MS 10000
#define CONNECT_MS 90000 /* a TLS handshake over NB-IoT */
#define SEND_MS 30000
#define HEADER_MS 60000
#define BODY_MS 20000 /* after the header, and after each piece */
#define CLIENTS_MAX 5u
#define SLICE_MAX 1000u

static void go_to(struct gw_sim7020_http *http, enum gw_http_stage stage) {
  http->stage = stage;
  http->stage_sent = false;
}

void gw_sim7020_http_init(struct gw_sim7020_http *http, struct gw_sim7020 *modem,
                          const struct gw_http_config *config) {
  memset(http, 0, sizeof *http);
  http->modem = modem;
  http->config = config;
}

void gw_sim7020_http_reset(struct gw_sim7020_http *http) {
  gw_sim7020_http_init(http, http->modem, http->config);
}

void gw_sim7020_http_abort(struct gw_sim7020_http *http) {
  http->is_open = http->is_open || http->stage != GW_HTTP_IDLE;
  http->request.fetch = NULL;
  go_to(http, GW_HTTP_IDLE);
}

static void open_connection(struct gw_sim7020_http *http) {
  http->is_open = false;
  http->was_open = false;
  http->created_len = 0;
  go_to(http, GW_HTTP_CREATE);
}

static void go_to_sending(struct gw_sim7020_http *http) {
  http->has_lost = false;
  if (http->request.fetch != NULL) http->request.fetch->got = 0;
  go_to(http, http->request.urgent ? GW_HTTP_EXCEPTIONAL : GW_HTTP_SEND);
}

void gw_sim7020_http_start(struct gw_sim7020_http *http, int64_t now_ms, const struct gw_http_request *request) {
  http->request = *request;
  http->response.status = 0;
  http->response.retry_after_s = 0;
  gw_answer_init(&http->response.answer);
  http->has_ended = false;
  http->has_freed = false;
  http->header_len = 0;
  http->deadline_ms = now_ms;
  http->was_open = http->is_open;
  if (http->is_open)
    go_to_sending(http);
  else
    open_connection(http);
}

static size_t number_text(size_t value, char *text) {
  char reversed[10];
  size_t len = 0;
  do {
    reversed[len] = (char)('0' + value % 10u);
    len += 1;
    value /= 10u;
  } while (value != 0);
  for (size_t i = 0; i < len; i += 1) text[i] = reversed[len - 1u - i];
  return len;
}

/*
 * Next slice of a client with a certificate to trust [H 4.3]:
 * "<origin>/,,,<digits of certificate>,<certificate in hex>,0,,0," without user, password, client certificate and key.
 */
static void send_description(struct gw_sim7020_http *http) {
  static const char tail[] = ",0,,0,";
  static const char hex[] = "0123456789abcdef";
  struct gw_at *at = &http->modem->at;
  char head[GW_HTTP_ORIGIN_MAX + 16u];
  const char *pem = http->config->ca_pem;
  const size_t hex_len = 2u * strlen(pem);
  size_t head_len = strlen(http->config->origin);
  memcpy(head, http->config->origin, head_len);
  memcpy(head + head_len, "/,,,", 4);
  head_len += 4u;
  head_len += number_text(hex_len, head + head_len);
  head[head_len] = ',';
  head_len += 1u;
  const size_t total = head_len + hex_len + sizeof tail - 1u;
  const size_t left = total - http->created_len;
  const size_t count = left < SLICE_MAX ? left : SLICE_MAX;
  gw_at_begin(at, count < left ? "AT+CHTTPCREATEEXT=1," : "AT+CHTTPCREATEEXT=0,");
  gw_at_number(at, (uint32_t)total);
  gw_at_text(at, ",");
  gw_at_number(at, (uint32_t)count);
  gw_at_text(at, ",\"");
  for (size_t i = http->created_len; i < http->created_len + count; i += 1) {
    const size_t digit = i - head_len;
    const unsigned shift = digit % 2u == 0 ? 4u : 0u;
    const char c = i < head_len             ? head[i]
                   : digit < hex_len ? hex[((unsigned char)pem[digit / 2u] >> shift) & 0x0fu]
                                     : tail[digit - hex_len];
    gw_at_chars(at, &c, 1);
  }
  gw_at_text(at, "\"");
  http->created_len = count < left ? http->created_len + (uint32_t)count : 0;
}

static void send_create(struct gw_sim7020_http *http) {
  struct gw_at *at = &http->modem->at;
  http->id = 0;
  if (http->config->ca_pem != NULL) {
    send_description(http);
    return;
  }
  gw_at_begin(at, "AT+CHTTPCREATE=\"");
  gw_at_text(at, http->config->origin);
  gw_at_text(at, "/\"");
}

static void send_range(struct gw_at *at, const struct gw_fetch *fetch) {
  char header[48] = "Range: bytes=";
  size_t len = strlen(header);
  len += number_text(fetch->offset, header + len);
  header[len++] = '-';
  len += number_text(fetch->offset + fetch->len - 1u, header + len);
  header[len++] = '\r';
  header[len++] = '\n';
  gw_at_text(at, ",");
  gw_at_hex(at, (const uint8_t *)header, len);
}

/* AT+CHTTPSEND=<id>,<0 GET|1 POST>,"<path>"[,<header in hex>[,"<type>",<body in hex>]] [H 4.2]. */
static void send_request(struct gw_sim7020_http *http) {
  static const char header[] = "Accept: application/json\r\n";
  const struct gw_http_request *request = &http->request;
  struct gw_at *at = &http->modem->at;
  gw_at_begin(at, "AT+CHTTPSEND=");
  gw_at_number(at, http->id);
  gw_at_text(at, request->count == 0 ? ",0,\"" : ",1,\"");
  gw_at_text(at, request->path);
  gw_at_text(at, "\"");
  if (request->count == 0) {
    if (request->fetch != NULL && request->fetch->len > 0) send_range(at, request->fetch);
    return;
  }
  gw_at_text(at, ",");
  gw_at_hex(at, (const uint8_t *)header, sizeof header - 1u);
  gw_at_text(at, ",\"");
  gw_at_text(at, request->content_type);
  gw_at_text(at, "\",");
  for (size_t i = 0; i < request->count; i += 1)
    gw_at_hex(at, request->messages[i].bytes, request->messages[i].len);
}

static void begin_numbered(struct gw_sim7020_http *http, const char *command, uint32_t number) {
  gw_at_begin(&http->modem->at, command);
  gw_at_number(&http->modem->at, number);
}

static void send_stage(struct gw_sim7020_http *http, int64_t now_ms) {
  struct gw_at *at = &http->modem->at;
  int32_t answer_ms = ANSWER_MS;
  switch (http->stage) {
    case GW_HTTP_FREE:
      begin_numbered(http, "AT+CHTTPDESTROY=", http->free_id);
      break;
    case GW_HTTP_CREATE:
      send_create(http);
      break;
    case GW_HTTP_CONNECT:
      begin_numbered(http, "AT+CHTTPCON=", http->id);
      answer_ms = CONNECT_MS;
      break;
    case GW_HTTP_EXCEPTIONAL:
      gw_at_begin(at, "AT+CNBIOTDT=1");
      break;
    case GW_HTTP_RELEASE:
      gw_at_begin(at, "AT+CNBIOTRAI=2");
      break;
    case GW_HTTP_SEND:
      send_request(http);
      answer_ms = SEND_MS;
      break;
    case GW_HTTP_DISCONNECT:
      begin_numbered(http, "AT+CHTTPDISCON=", http->id);
      break;
    default:
      begin_numbered(http, "AT+CHTTPDESTROY=", http->id);
      break;
  }
  gw_at_end(at, now_ms, answer_ms);
  http->stage_sent = true;
}

static enum gw_http_state end(struct gw_sim7020_http *http, enum gw_http_state state) {
  go_to(http, GW_HTTP_IDLE);
  http->request.count = 0;
  http->request.fetch = NULL;
  if (http->has_lost) http->is_open = false;
  return state;
}

static enum gw_http_state take_create(struct gw_sim7020_http *http, bool ok) {
  if (ok) {
    go_to(http, http->created_len > 0 ? GW_HTTP_CREATE : GW_HTTP_CONNECT);
    return GW_HTTP_RUNNING;
  }
  if (http->has_freed) return end(http, GW_HTTP_MODEM_FAILED);
  http->has_freed = true;
  http->created_len = 0;
  http->free_id = 0;
  go_to(http, GW_HTTP_FREE);
  return GW_HTTP_RUNNING;
}

/* A connection the server closed meanwhile is made again, once. */
static enum gw_http_state take_failure(struct gw_sim7020_http *http) {
  const bool stale = http->was_open && http->response.status == 0;
  http->is_open = false;
  if (!stale) return end(http, GW_HTTP_UNREACHABLE);
  http->has_freed = true;
  http->was_open = false;
  http->free_id = 0;
  go_to(http, GW_HTTP_FREE);
  return GW_HTTP_RUNNING;
}

static enum gw_http_state take_stage(struct gw_sim7020_http *http, int64_t now_ms, bool ok) {
  switch (http->stage) {
    case GW_HTTP_FREE:
      http->free_id = (uint8_t)(http->free_id + 1u);
      if (http->free_id < CLIENTS_MAX)
        go_to(http, GW_HTTP_FREE);
      else
        open_connection(http);
      break;
    case GW_HTTP_CREATE:
      return take_create(http, ok);
    case GW_HTTP_CONNECT:
      http->is_open = ok;
      if (!ok) return take_failure(http);
      go_to_sending(http);
      break;
    case GW_HTTP_EXCEPTIONAL:
      go_to(http, GW_HTTP_RELEASE); /* a module without this command sends all the same */
      break;
    case GW_HTTP_RELEASE:
      go_to(http, GW_HTTP_SEND);
      break;
    default:
      if (!ok) return take_failure(http);
      /* The answer may have come before the OK. */
      http->stage = http->response.status != 0 ? GW_HTTP_BODY : GW_HTTP_HEADER;
      http->deadline_ms = now_ms + (http->response.status != 0 ? BODY_MS : HEADER_MS);
      break;
  }
  return GW_HTTP_RUNNING;
}

static enum gw_http_state wait_for_answer(struct gw_sim7020_http *http, int64_t now_ms) {
  if (http->has_ended) return end(http, GW_HTTP_ANSWERED);
  const bool over = now_ms >= http->deadline_ms;
  if (http->response.status != 0) return over || http->has_lost ? end(http, GW_HTTP_ANSWERED) : GW_HTTP_RUNNING;
  if (http->has_lost || over) return take_failure(http);
  return GW_HTTP_RUNNING;
}

enum gw_http_state gw_sim7020_http_poll(struct gw_sim7020_http *http, int64_t now_ms) {
  if (http->stage == GW_HTTP_IDLE) return GW_HTTP_UNREACHABLE;
  if (http->stage == GW_HTTP_HEADER || http->stage == GW_HTTP_BODY) return wait_for_answer(http, now_ms);
  if (http->stage_sent) {
    const enum gw_at_result result = gw_at_take(&http->modem->at);
    if (result == GW_AT_BUSY) return GW_HTTP_RUNNING;
    if (result == GW_AT_TIMEOUT) return end(http, GW_HTTP_MODEM_FAILED);
    const enum gw_http_state state = take_stage(http, now_ms, result == GW_AT_OK);
    if (state != GW_HTTP_RUNNING) return state;
  }
  if (http->stage != GW_HTTP_HEADER && http->stage != GW_HTTP_BODY) send_stage(http, now_ms);
  return GW_HTTP_RUNNING;
}

bool gw_sim7020_http_close(struct gw_sim7020_http *http, int64_t now_ms) {
  if (http->stage == GW_HTTP_IDLE && !http->is_open) return true;
  if (http->stage == GW_HTTP_IDLE) go_to(http, GW_HTTP_DISCONNECT);
  if (!http->stage_sent) {
    send_stage(http, now_ms);
    return false;
  }
  const enum gw_at_result result = gw_at_take(&http->modem->at);
  if (result == GW_AT_BUSY) return false;
  if (http->stage == GW_HTTP_DISCONNECT) {
    go_to(http, GW_HTTP_DESTROY);
    send_stage(http, now_ms);
    return false;
  }
  gw_sim7020_http_reset(http);
  return true;
}

int64_t gw_sim7020_http_wake_ms(const struct gw_sim7020_http *http, int64_t now_ms) {
  if (http->stage == GW_HTTP_IDLE) return NEVER_MS;
  const bool waits = http->stage == GW_HTTP_HEADER || http->stage == GW_HTTP_BODY;
  if (!waits) return http->stage_sent ? NEVER_MS : now_ms;
  return http->has_ended || http->has_lost ? now_ms : http->deadline_ms;
}
