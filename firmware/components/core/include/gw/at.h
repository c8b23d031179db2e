/*
 * Streaming engine for AT commands: one command at a time; answers and unsolicited results in any chunking.
 *
 * Text comes out line by line. Three results are more than a line: a counted raw block (the HTTP header announced by
 * +CHTTPNMIH, full of line ends of its own), a line too long to keep (the hex of +CHTTPNMIC), and a prompt, which has no
 * line end. A table names the first two.
 */
#ifndef GW_AT_H
#define GW_AT_H

#include "gw/port.h"

/* Longest line kept; the rest of a longer one is dropped up to its end. */
#define GW_AT_LINE_MAX 256u
/* Longest command line the module takes, the carriage return included. */
#define GW_AT_COMMAND_MAX 2048u
/* No error number came with the result. */
#define GW_AT_NO_CODE (-1)

enum gw_at_result {
  GW_AT_IDLE,
  GW_AT_BUSY,
  GW_AT_OK,
  GW_AT_ERROR, /* ERROR, +CME ERROR or +CMS ERROR, its number in `code`; or the command was too long and not sent */
  GW_AT_TIMEOUT
};

enum gw_at_special_kind {
  GW_AT_COUNTED_BLOCK, /* after the third comma come as many raw bytes as the number before it says */
  GW_AT_STREAMED_LINE  /* everything behind the colon is handed on as it comes */
};

struct gw_at_special {
  const char *prefix;
  enum gw_at_special_kind kind;
};

/* Whoever drives the module. All calls happen within gw_at_poll. */
struct gw_at_owner {
  void *ctx;
  const struct gw_at_special *specials;
  size_t special_count;
  /* A line that is no final result and no echo; ended by a zero, valid during the call. */
  void (*line)(void *ctx, const char *line);
  /* A byte of a counted block. */
  void (*block)(void *ctx, char byte);
  /* A byte of a streamed line; '\n' ends it. */
  void (*stream)(void *ctx, char byte);
};

struct gw_at {
  const struct gw_stream *uart;
  const struct gw_at_owner *owner;
  enum gw_at_result result;
  int32_t code;
  bool echoed; /* an echo was seen: after ATE0 it betrays that the module restarted */
  bool stray; /* a final result came that no command waited for */
  int64_t deadline_ms;
  int64_t block_deadline_ms;
  enum { GW_AT_IN_LINE, GW_AT_IN_BLOCK, GW_AT_IN_STREAM, GW_AT_IN_EXCESS } reading;
  uint32_t block_left;
  uint16_t line_len;
  uint16_t out_len; /* may pass the limit; then nothing is sent */
  uint16_t out_sent;
  char line[GW_AT_LINE_MAX];
  char out[GW_AT_COMMAND_MAX];
};

/* Begins with no command under way. `uart` and `owner` must outlive the engine. */
void gw_at_init(struct gw_at *at, const struct gw_stream *uart, const struct gw_at_owner *owner);

/* Starts a command line; only while none is under way. */
void gw_at_begin(struct gw_at *at, const char *text);
void gw_at_text(struct gw_at *at, const char *text);
void gw_at_chars(struct gw_at *at, const char *chars, size_t len);
void gw_at_number(struct gw_at *at, uint32_t value);
void gw_at_hex(struct gw_at *at, const uint8_t *bytes, size_t len);
/* Ends the line and sends it; the final result is awaited for `timeout_ms`. */
void gw_at_end(struct gw_at *at, int64_t now_ms, int32_t timeout_ms);
/* A whole command at once. */
void gw_at_send(struct gw_at *at, const char *command, int64_t now_ms, int32_t timeout_ms);
/* Forgets the command under way; its late result is ignored. */
void gw_at_abandon(struct gw_at *at);

/* Moves bytes both ways, and ends a command without an answer or a block whose bytes were lost. */
void gw_at_poll(struct gw_at *at, int64_t now_ms);
/* When gw_at_poll has something to do without an incoming byte; INT64_MAX: never. */
int64_t gw_at_wake_ms(const struct gw_at *at, int64_t now_ms);
/* Result of the last command, once: IDLE afterwards. BUSY as long as it lasts. */
enum gw_at_result gw_at_take(struct gw_at *at);

/* What stands behind `name` and its colon, with or without a space; NULL when the line is another one. */
const char *gw_at_parameters(const char *line, const char *name);
/* Start of parameter `index` (from 0); commas within quotes do not count. NULL when there are fewer. */
const char *gw_at_parameter(const char *parameters, unsigned index);
/* Decimal number of parameter `index`, which may be negative; false when it is absent or no number. */
bool gw_at_parameter_number(const char *parameters, unsigned index, int32_t *value);

#endif
