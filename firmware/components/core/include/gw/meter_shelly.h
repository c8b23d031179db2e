/*
 * Shelly energy meters on the local network: `/emeter/0` of the first generation, `/rpc/EM1.GetStatus?id=0` and
 * `/rpc/EM1Data.GetStatus?id=0` of the second. Plain HTTP: the numbers are as trustworthy as that network.
 */
#ifndef GW_METER_SHELLY_H
#define GW_METER_SHELLY_H

#include "gw/meter.h"

#define GW_SHELLY_BODY_MAX 2048u
#define GW_SHELLY_TOKEN_MAX 24u

/* Reads one JSON object in any chunking; only members of the outermost object count. */
struct gw_shelly_parser {
  size_t taken;
  unsigned depth;
  bool in_string;
  bool is_escaped;
  bool after_colon;
  bool failed;
  bool ended;
  bool is_invalid; /* "is_valid": false */
  char key[GW_SHELLY_TOKEN_MAX];
  char value[GW_SHELLY_TOKEN_MAX];
  size_t key_len;
  size_t value_len;
  struct gw_measurement sample;
};

void gw_shelly_parser_init(struct gw_shelly_parser *parser);
void gw_shelly_parser_feed(struct gw_shelly_parser *parser, const uint8_t *bytes, size_t len);
/* GW_E_FORMAT for anything but one whole object, GW_E_NONE when the meter calls its values invalid. */
enum gw_status gw_shelly_parser_finish(const struct gw_shelly_parser *parser, struct gw_measurement *sample);

/* Bodies of the local network. `get` begins a request and gives up the one before. */
struct gw_lan {
  void *ctx;
  enum gw_status (*get)(void *ctx, const char *path);
  /* Body bytes so far unread; `ended` when a 200 answer is complete. GW_E_IO when the request failed. */
  enum gw_status (*read)(void *ctx, uint8_t *bytes, size_t max, size_t *len, bool *ended);
};

struct gw_shelly {
  const struct gw_lan *lan;
  bool second_generation;
  unsigned page; /* of those that make up a sample */
  bool is_asking;
  int64_t ask_at_ms;
  struct gw_shelly_parser parser;
  struct gw_measurement partial;
  bool has_sample;
  struct gw_measurement sample;
  int64_t sampled_at_ms;
};

void gw_shelly_init(struct gw_shelly *shelly, const struct gw_lan *lan, bool second_generation,
                    struct gw_meter *meter);

#endif
