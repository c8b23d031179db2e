#include "gw/meter_shelly.h"

#include <string.h>

#define PERIOD_MS 10000
#define DEPTH_MAX 8u
#define DIGITS_MAX 15 /* of a whole number of thousandths, below 2^53 */

enum unit { UNIT_THOUSANDTHS, UNIT_WHOLE };

static const struct known {
  const char *name;
  uint32_t bit;
  enum unit unit;
  size_t offset;
} KNOWN[] = {
    {"voltage", GW_HAS_VOLTAGE, UNIT_THOUSANDTHS, offsetof(struct gw_measurement, voltage_mv)},
    {"current", GW_HAS_CURRENT, UNIT_THOUSANDTHS, offsetof(struct gw_measurement, current_ma)},
    {"freq", GW_HAS_FREQUENCY, UNIT_THOUSANDTHS, offsetof(struct gw_measurement, frequency_mhz)},
    {"power", GW_HAS_POWER, UNIT_WHOLE, offsetof(struct gw_measurement, power_w)},
    {"act_power", GW_HAS_POWER, UNIT_WHOLE, offsetof(struct gw_measurement, power_w)},
    {"total", GW_HAS_ENERGY_IMPORT, UNIT_WHOLE, offsetof(struct gw_measurement, energy_import_wh)},
    {"total_act_energy", GW_HAS_ENERGY_IMPORT, UNIT_WHOLE, offsetof(struct gw_measurement, energy_import_wh)},
    {"total_returned", GW_HAS_ENERGY_EXPORT, UNIT_WHOLE, offsetof(struct gw_measurement, energy_export_wh)},
    {"total_act_ret_energy", GW_HAS_ENERGY_EXPORT, UNIT_WHOLE, offsetof(struct gw_measurement, energy_export_wh)},
};

void gw_shelly_parser_init(struct gw_shelly_parser *parser) { memset(parser, 0, sizeof *parser); }

/* A JSON number without exponent, in thousandths; further decimals are cut off. */
static bool parse_thousandths(const char *text, size_t len, int64_t *value) {
  bool negative = len > 0 && text[0] == '-';
  size_t i = negative ? 1 : 0;
  int64_t sum = 0;
  int digits = 0;
  int decimals = -1;
  for (; i < len; i++) {
    if (text[i] == '.' && decimals < 0 && digits > 0) {
      decimals = 0;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return false;
    if (decimals >= 3) continue;
    if (++digits > DIGITS_MAX) return false;
    sum = sum * 10 + (text[i] - '0');
    if (decimals >= 0) decimals++;
  }
  if (digits == 0) return false;
  for (int d = decimals < 0 ? 0 : decimals; d < 3; d++) {
    if (sum > INT64_MAX / 10) return false;
    sum *= 10;
  }
  *value = negative ? -sum : sum;
  return true;
}

static int64_t rounded_whole(int64_t thousandths) {
  return thousandths < 0 ? (thousandths - 500) / 1000 : (thousandths + 500) / 1000;
}

static bool is_token(const char *token, size_t len, const char *name) {
  return strlen(name) == len && memcmp(token, name, len) == 0;
}

/* A member of the outermost object is complete. */
static void take_member(struct gw_shelly_parser *p) {
  int64_t value = 0;
  if (p->after_colon && is_token(p->key, p->key_len, "is_valid") && !is_token(p->value, p->value_len, "true"))
    p->is_invalid = true;
  for (size_t i = 0; p->after_colon && i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
    if (!is_token(p->key, p->key_len, KNOWN[i].name)) continue;
    if (!parse_thousandths(p->value, p->value_len, &value)) break;
    if (KNOWN[i].unit == UNIT_WHOLE) value = rounded_whole(value);
    memcpy((uint8_t *)&p->sample + KNOWN[i].offset, &value, sizeof value);
    p->sample.has |= KNOWN[i].bit;
  }
  p->key_len = 0;
  p->value_len = 0;
  p->after_colon = false;
}

/* A token longer than any known one keeps its first characters and one too many, so that it equals none. */
static void keep(struct gw_shelly_parser *p, char c) {
  char *token = p->after_colon ? p->value : p->key;
  size_t *len = p->after_colon ? &p->value_len : &p->key_len;
  if (p->depth == 1 && *len < GW_SHELLY_TOKEN_MAX) token[(*len)++] = c;
}

static void take_in_string(struct gw_shelly_parser *p, char c) {
  if (!p->is_escaped && c == '"') {
    p->in_string = false;
    return;
  }
  p->is_escaped = !p->is_escaped && c == '\\';
  /* Text is never a number: a quoted value keeps its quotes' mark. */
  keep(p, p->after_colon ? '"' : c);
}

static void take_structure(struct gw_shelly_parser *p, char c) {
  bool opens = c == '{' || c == '[';
  if (opens) {
    if ((p->depth == 0 && c != '{') || p->depth == DEPTH_MAX) p->failed = true;
    keep(p, c); /* a nested value is no number */
    p->depth++;
    return;
  }
  if (p->depth == 0) {
    p->failed = true;
    return;
  }
  if (p->depth == 1) take_member(p);
  p->depth--;
  if (p->depth == 0) p->ended = true;
}

static void take(struct gw_shelly_parser *p, char c) {
  bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
  if (p->in_string) take_in_string(p, c);
  else if (is_space) return;
  else if (p->ended) p->failed = true;
  else if (c == '{' || c == '[' || c == '}' || c == ']') take_structure(p, c);
  else if (p->depth == 0) p->failed = true;
  else if (c == '"') p->in_string = true;
  else if (c == ':' && p->depth == 1) p->after_colon = true;
  else if (c == ',' && p->depth == 1) take_member(p);
  else if (p->after_colon) keep(p, c);
}

void gw_shelly_parser_feed(struct gw_shelly_parser *parser, const uint8_t *bytes, size_t len) {
  if (len > GW_SHELLY_BODY_MAX - parser->taken) {
    parser->failed = true;
    return;
  }
  parser->taken += len;
  for (size_t i = 0; i < len && !parser->failed; i++) take(parser, (char)bytes[i]);
}

enum gw_status gw_shelly_parser_finish(const struct gw_shelly_parser *parser, struct gw_measurement *sample) {
  if (parser->failed || !parser->ended) return GW_E_FORMAT;
  if (parser->is_invalid) return GW_E_NONE;
  *sample = parser->sample;
  gw_meter_limit(sample);
  return GW_OK;
}

static const char *page_path(const struct gw_shelly *shelly) {
  if (!shelly->second_generation) return "/emeter/0";
  return shelly->page == 0 ? "/rpc/EM1.GetStatus?id=0" : "/rpc/EM1Data.GetStatus?id=0";
}

static void merge(struct gw_measurement *into, const struct gw_measurement *page) {
  const struct gw_measurement before = *into;
  *into = *page;
  into->has |= before.has;
  if (before.has & GW_HAS_VOLTAGE) into->voltage_mv = before.voltage_mv;
  if (before.has & GW_HAS_CURRENT) into->current_ma = before.current_ma;
  if (before.has & GW_HAS_POWER) into->power_w = before.power_w;
  if (before.has & GW_HAS_FREQUENCY) into->frequency_mhz = before.frequency_mhz;
}

static void ask(struct gw_shelly *shelly) {
  gw_shelly_parser_init(&shelly->parser);
  shelly->is_asking = shelly->lan->get(shelly->lan->ctx, page_path(shelly)) == GW_OK;
}

static void finish_page(struct gw_shelly *shelly, int64_t now_ms) {
  struct gw_measurement page;
  shelly->is_asking = false;
  if (gw_shelly_parser_finish(&shelly->parser, &page) != GW_OK) return;
  merge(&shelly->partial, &page);
  shelly->page++;
  if (shelly->second_generation && shelly->page < 2) {
    ask(shelly);
    return;
  }
  shelly->sample = shelly->partial;
  shelly->has_sample = true;
  shelly->sampled_at_ms = now_ms;
}

static void step(void *ctx, int64_t now_ms) {
  struct gw_shelly *shelly = ctx;
  uint8_t bytes[64];
  size_t len = sizeof bytes;
  bool ended = false;
  while (shelly->is_asking && len > 0 && !ended) {
    if (shelly->lan->read(shelly->lan->ctx, bytes, sizeof bytes, &len, &ended) != GW_OK) shelly->is_asking = false;
    else gw_shelly_parser_feed(&shelly->parser, bytes, len);
  }
  if (shelly->is_asking && ended) finish_page(shelly, now_ms);
  if (now_ms < shelly->ask_at_ms) return;
  shelly->ask_at_ms = now_ms + PERIOD_MS;
  shelly->page = 0;
  shelly->partial = (struct gw_measurement){0};
  ask(shelly);
}

static bool latest(void *ctx, struct gw_measurement *sample, int64_t *sampled_at_ms) {
  const struct gw_shelly *shelly = ctx;
  *sample = shelly->sample;
  *sampled_at_ms = shelly->sampled_at_ms;
  return shelly->has_sample;
}

void gw_shelly_init(struct gw_shelly *shelly, const struct gw_lan *lan, bool second_generation,
                    struct gw_meter *meter) {
  *shelly = (struct gw_shelly){.lan = lan, .second_generation = second_generation};
  *meter = (struct gw_meter){shelly, step, latest};
}
