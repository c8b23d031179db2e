/* What comes back: the header block of +CHTTPNMIH, the hex pieces of +CHTTPNMIC. */
#include "gw/calendar.h"
#include "gw/sim7020_http.h"

#include <string.h>

#define FIELD_MORE 1u
#define MS_PER_SECOND 1000
#define RETRY_AFTER_MAX_S 86400u

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* Value of a header line of this name (in lower case), or NULL. */
static const char *header_value(const char *line, const char *name) {
  for (; *name != '\0'; name += 1, line += 1)
    if (lower(*line) != *name) return NULL;
  if (*line != ':') return NULL;
  line += 1;
  while (*line == ' ') line += 1;
  return line;
}

static void take_header_line(struct gw_sim7020_http *http, const char *line) {
  struct gw_sim7020 *modem = http->modem;
  const char *value = NULL;
  int64_t epoch_s = 0;
  int32_t seconds = 0;
  if ((value = header_value(line, "date")) != NULL) {
    /* Outside TLS anyone on the way may write it. */
    const enum gw_clock_source source = http->config->ca_pem != NULL ? GW_CLOCK_SERVER : GW_CLOCK_SNTP;
    if (gw_calendar_http_date(value, &epoch_s) == GW_OK)
      (void)gw_clock_offer(modem->clock, modem->now_ms, source, epoch_s * MS_PER_SECOND);
  } else if ((value = header_value(line, "retry-after")) != NULL) {
    if (gw_at_parameter_number(value, 0, &seconds) && seconds > 0)
      http->response.retry_after_s = (uint32_t)seconds < RETRY_AFTER_MAX_S ? (uint32_t)seconds : RETRY_AFTER_MAX_S;
  }
}

void gw_sim7020_http_block(struct gw_sim7020_http *http, char byte) {
  if (byte == '\r' || byte == '\n') {
    http->header[http->header_len] = '\0';
    take_header_line(http, http->header);
    http->header_len = 0;
  } else if (http->header_len < GW_HTTP_HEADER_LINE_MAX - 1u) {
    http->header[http->header_len] = byte;
    http->header_len = (uint8_t)(http->header_len + 1u);
  }
}

static int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (lower(digit) >= 'a' && lower(digit) <= 'f') return lower(digit) - 'a' + 10;
  return -1;
}

static void take_byte(struct gw_sim7020_http *http, uint8_t byte) {
  struct gw_fetch *fetch = http->request.fetch;
  if (fetch == NULL) {
    gw_answer_feed(&http->response.answer, (char)byte);
    return;
  }
  if (fetch->got < fetch->max) fetch->bytes[fetch->got] = byte;
  fetch->got += 1;
}

static void take_hex(struct gw_sim7020_http *http, char digit) {
  const int value = hex_value(digit);
  if (value < 0) return; /* quotes around the content, seen in one edition of the manual */
  if (!http->has_nibble) {
    http->nibble = (uint8_t)value;
    http->has_nibble = true;
    return;
  }
  http->has_nibble = false;
  take_byte(http, (uint8_t)(http->nibble << 4 | value));
}

static void field_is_hex(struct gw_sim7020_http *http) {
  for (size_t i = 0; i < http->field_len; i += 1) take_hex(http, http->field_text[i]);
  http->field_len = 0;
}

static void end_content_line(struct gw_sim7020_http *http) {
  field_is_hex(http);
  http->in_hex = false;
  http->has_nibble = false;
  http->field = 0;
  if (http->is_last_piece && http->stage != GW_HTTP_IDLE) http->has_ended = true;
  http->is_last_piece = false;
}

/* <id>,<1 more|0 last>,<total>,<length>,<hex>: what the length counts differs between modules, so the line end decides. */
void gw_sim7020_http_stream(struct gw_sim7020_http *http, char byte) {
  if (byte == '\n') {
    end_content_line(http);
    return;
  }
  if (http->in_hex) {
    take_hex(http, byte);
    return;
  }
  if (byte == ',') {
    if (http->field == FIELD_MORE && http->field_len == 1u) http->is_last_piece = http->field_text[0] == '0';
    http->field = (uint8_t)(http->field + 1u);
    http->field_len = 0;
    return;
  }
  if (byte == ' ') return;
  if (http->field_len == GW_HTTP_FIELD_MAX) {
    http->in_hex = true;
    field_is_hex(http);
    take_hex(http, byte);
    return;
  }
  http->field_text[http->field_len] = byte;
  http->field_len = (uint8_t)(http->field_len + 1u);
}

void gw_sim7020_http_line(struct gw_sim7020_http *http, const char *line) {
  static const char *const created[] = {"+CHTTPCREATE", "+CHTTPCREAT", "+CHTTPCREATEEXT"};
  const char *parameters = NULL;
  int32_t number = 0;
  for (size_t i = 0; i < sizeof created / sizeof created[0]; i += 1)
    if ((parameters = gw_at_parameters(line, created[i])) != NULL && gw_at_parameter_number(parameters, 0, &number))
      http->id = (uint8_t)number;
  if ((parameters = gw_at_parameters(line, "+CHTTPNMIH")) != NULL) {
    if (gw_at_parameter_number(parameters, 1, &number)) http->response.status = number;
  } else if (gw_at_parameters(line, "+CHTTPERR") != NULL) {
    http->has_lost = true;
    if (http->stage == GW_HTTP_IDLE) http->is_open = false;
  }
}
