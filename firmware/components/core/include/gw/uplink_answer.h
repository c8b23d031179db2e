/*
 * Reads the portal's answer to POST /api/v1/readings as it comes, byte by byte: one object for one reading, an array in
 * the same order for a sequence, a problem document (RFC 9457) for a request refused as a whole. Only `status` and
 * `code` are kept; receipts are the reader's of the public record, not the device's.
 */
#ifndef GW_UPLINK_ANSWER_H
#define GW_UPLINK_ANSWER_H

#include "gw/uplink.h"

#define GW_ANSWER_TOKEN_MAX 24u

struct gw_answer_item {
  bool has_status;         /* one of the three words of the API was read */
  enum gw_outcome outcome; /* RETRY_LATER without such a word */
  enum gw_reject code;     /* OTHER for a code the device does not know, NONE without one */
};

struct gw_answer {
  struct gw_answer_item items[GW_UPLINK_MESSAGES_MAX];
  uint16_t count; /* objects at the level of the answers; those beyond MESSAGES_MAX are counted, not kept */
  uint16_t depth;
  bool is_array;
  bool in_string;
  bool escaped;
  bool is_value;
  enum { GW_NAME_OTHER, GW_NAME_STATUS, GW_NAME_CODE } name;
  uint8_t token_len;
  char token[GW_ANSWER_TOKEN_MAX];
};

void gw_answer_init(struct gw_answer *answer);
void gw_answer_feed(struct gw_answer *answer, char byte);

#endif
