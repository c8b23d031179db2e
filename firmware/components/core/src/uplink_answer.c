#include "gw/uplink_answer.h"

#include <string.h>

void gw_answer_init(struct gw_answer *answer) { memset(answer, 0, sizeof *answer); }

static uint16_t item_depth(const struct gw_answer *answer) { return answer->is_array ? 2 : 1; }

/* Index of `text` among `names`, or `count`. */
static size_t index_of(const char *text, const char *const *names, size_t count) {
  size_t i = 0;
  while (i < count && strcmp(text, names[i]) != 0) i += 1;
  return i;
}

static void take_status(struct gw_answer_item *item, const char *text) {
  static const char *const names[] = {"accepted", "duplicate", "rejected"};
  static const enum gw_outcome outcomes[] = {GW_OUTCOME_ACCEPTED, GW_OUTCOME_DUPLICATE,
                                             GW_OUTCOME_REJECTED};
  const size_t count = sizeof names / sizeof names[0];
  const size_t i = index_of(text, names, count);
  item->has_status = i < count;
  if (i < count) item->outcome = outcomes[i];
}

static void take_code(struct gw_answer_item *item, const char *text) {
  static const char *const names[] = {
      "malformed",    "unknown_device", "bad_signature", "suspended_device",
      "equivocation", "clock_ahead",    "rate_limited",
  };
  static const enum gw_reject codes[] = {
      GW_REJECT_MALFORMED,    GW_REJECT_UNKNOWN_DEVICE, GW_REJECT_BAD_SIGNATURE, GW_REJECT_SUSPENDED_DEVICE,
      GW_REJECT_EQUIVOCATION, GW_REJECT_CLOCK_AHEAD,    GW_REJECT_RATE_LIMITED,
  };
  const size_t count = sizeof names / sizeof names[0];
  const size_t i = index_of(text, names, count);
  item->code = i < count ? codes[i] : GW_REJECT_OTHER;
}

static void end_string(struct gw_answer *answer) {
  answer->token[answer->token_len] = '\0';
  if (answer->depth != item_depth(answer) || answer->count == 0) return;
  if (!answer->is_value) {
    answer->name = strcmp(answer->token, "status") == 0 ? GW_NAME_STATUS
                   : strcmp(answer->token, "code") == 0 ? GW_NAME_CODE
                                                        : GW_NAME_OTHER;
    return;
  }
  if (answer->count > GW_UPLINK_MESSAGES_MAX) return;
  struct gw_answer_item *item = &answer->items[answer->count - 1u];
  if (answer->name == GW_NAME_STATUS) take_status(item, answer->token);
  if (answer->name == GW_NAME_CODE) take_code(item, answer->token);
}

static void feed_string(struct gw_answer *answer, char byte) {
  if (!answer->escaped && byte == '"') {
    answer->in_string = false;
    end_string(answer);
    return;
  }
  answer->escaped = !answer->escaped && byte == '\\';
  /* A longer string is none of ours, and what is kept of it is longer than all of them. */
  if (answer->token_len < GW_ANSWER_TOKEN_MAX - 1u) {
    answer->token[answer->token_len] = byte;
    answer->token_len += 1;
  }
}

static void open_level(struct gw_answer *answer, char byte) {
  if (answer->depth == 0) answer->is_array = byte == '[';
  if (answer->depth < UINT16_MAX) answer->depth += 1;
  answer->is_value = false;
  const bool is_item = byte == '{' && answer->depth == item_depth(answer);
  if (is_item && answer->count < UINT16_MAX) answer->count += 1;
}

static void close_level(struct gw_answer *answer) {
  if (answer->depth > 0) answer->depth -= 1;
  answer->is_value = false;
}

void gw_answer_feed(struct gw_answer *answer, char byte) {
  if (answer->in_string) {
    feed_string(answer, byte);
    return;
  }
  switch (byte) {
    case '"':
      answer->in_string = true;
      answer->escaped = false;
      answer->token_len = 0;
      break;
    case '{':
    case '[':
      open_level(answer, byte);
      break;
    case '}':
    case ']':
      close_level(answer);
      break;
    case ':':
      answer->is_value = true;
      break;
    case ',':
      answer->is_value = false;
      break;
    default:
      break;
  }
}
