#include "gw/at.h"

#include <string.h>

/* A counted block comes at line speed; one that stops for this long has lost bytes. */
#define BLOCK_SILENCE_MS 3000
/* A full transmit buffer is tried again after this. */
#define FLUSH_AGAIN_MS 5
#define BLOCK_COMMAS 3u
#define DECIMAL_DIGITS_MAX 10u
#define READ_CHUNK 64u
#define NEVER_MS INT64_MAX
#define ESCAPE "\x1b"

static bool starts_with(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

void gw_at_init(struct gw_at *at, const struct gw_stream *uart, const struct gw_at_owner *owner) {
  memset(at, 0, sizeof *at);
  at->uart = uart;
  at->owner = owner;
  at->code = GW_AT_NO_CODE;
}

void gw_at_chars(struct gw_at *at, const char *chars, size_t len) {
  if (at->out_len + len <= GW_AT_COMMAND_MAX) {
    memcpy(at->out + at->out_len, chars, len);
    at->out_len = (uint16_t)(at->out_len + len);
  } else {
    at->out_len = GW_AT_COMMAND_MAX + 1u;
  }
}

void gw_at_text(struct gw_at *at, const char *text) { gw_at_chars(at, text, strlen(text)); }

void gw_at_begin(struct gw_at *at, const char *text) {
  at->result = GW_AT_BUSY;
  at->code = GW_AT_NO_CODE;
  at->deadline_ms = NEVER_MS;
  at->out_len = 0;
  at->out_sent = 0;
  gw_at_text(at, text);
}

void gw_at_number(struct gw_at *at, uint32_t value) {
  char digits[DECIMAL_DIGITS_MAX];
  size_t start = sizeof digits;
  do {
    start -= 1;
    digits[start] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0);
  gw_at_chars(at, digits + start, sizeof digits - start);
}

void gw_at_hex(struct gw_at *at, const uint8_t *bytes, size_t len) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i += 1) {
    const char pair[2] = {digits[bytes[i] >> 4], digits[bytes[i] & 0x0fu]};
    gw_at_chars(at, pair, sizeof pair);
  }
}

static void flush(struct gw_at *at) {
  if (at->out_sent >= at->out_len) return;
  const uint8_t *rest = (const uint8_t *)at->out + at->out_sent;
  const size_t taken = at->uart->write(at->uart->ctx, rest, (size_t)(at->out_len - at->out_sent));
  at->out_sent = (uint16_t)(at->out_sent + taken);
}

void gw_at_end(struct gw_at *at, int64_t now_ms, int32_t timeout_ms) {
  gw_at_text(at, "\r");
  at->deadline_ms = now_ms + timeout_ms;
  if (at->out_len > GW_AT_COMMAND_MAX) {
    at->out_len = 0;
    at->result = GW_AT_ERROR;
    return;
  }
  flush(at);
}

void gw_at_send(struct gw_at *at, const char *command, int64_t now_ms, int32_t timeout_ms) {
  gw_at_begin(at, command);
  gw_at_end(at, now_ms, timeout_ms);
}

void gw_at_abandon(struct gw_at *at) {
  at->result = GW_AT_IDLE;
  at->code = GW_AT_NO_CODE;
}

/* A result that nobody waits for is the late answer to a command given up. */
static void finish(struct gw_at *at, enum gw_at_result result, int32_t code) {
  if (at->result != GW_AT_BUSY) {
    at->stray = true;
    return;
  }
  at->result = result;
  at->code = code;
}

static bool take_final_result(struct gw_at *at) {
  static const char *const errors[] = {"+CME ERROR", "+CMS ERROR"};
  if (strcmp(at->line, "OK") == 0) {
    finish(at, GW_AT_OK, GW_AT_NO_CODE);
    return true;
  }
  if (strcmp(at->line, "ERROR") == 0) {
    finish(at, GW_AT_ERROR, GW_AT_NO_CODE);
    return true;
  }
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i += 1) {
    const char *parameters = gw_at_parameters(at->line, errors[i]);
    int32_t code = GW_AT_NO_CODE;
    if (parameters == NULL) continue;
    (void)gw_at_parameter_number(parameters, 0, &code);
    finish(at, GW_AT_ERROR, code);
    return true;
  }
  return false;
}

static void end_line(struct gw_at *at) {
  at->line[at->line_len] = '\0';
  const bool empty = at->line_len == 0;
  at->line_len = 0;
  if (empty) return;
  /* The module repeats commands until echo is off, and again after it restarted; no line of its own begins so. */
  if (starts_with(at->line, "AT")) {
    at->echoed = true;
    return;
  }
  if (!take_final_result(at)) at->owner->line(at->owner->ctx, at->line);
}

static unsigned commas_in(const char *text) {
  unsigned commas = 0;
  for (; *text != '\0'; text += 1) commas += *text == ',' ? 1u : 0u;
  return commas;
}

static void begin_block(struct gw_at *at, int64_t now_ms) {
  int32_t bytes = 0;
  const char *parameters = strchr(at->line, ':') + 1;
  const bool counted = gw_at_parameter_number(parameters, BLOCK_COMMAS - 1u, &bytes);
  end_line(at);
  if (!counted || bytes <= 0) return;
  at->block_left = (uint32_t)bytes;
  at->block_deadline_ms = now_ms + BLOCK_SILENCE_MS;
  at->reading = GW_AT_IN_BLOCK;
}

/* After ':' or ',' the line may turn out to be one of those that are not read as lines. */
static void look_for_special(struct gw_at *at, int64_t now_ms) {
  at->line[at->line_len] = '\0';
  for (size_t i = 0; i < at->owner->special_count; i += 1) {
    const struct gw_at_special *special = &at->owner->specials[i];
    if (!starts_with(at->line, special->prefix)) continue;
    if (special->kind == GW_AT_STREAMED_LINE) {
      at->line_len = 0;
      at->reading = GW_AT_IN_STREAM;
    } else if (commas_in(at->line) == BLOCK_COMMAS) {
      begin_block(at, now_ms);
    }
    return;
  }
}

static void feed_line(struct gw_at *at, int64_t now_ms, char byte) {
  if (byte == '\r' || byte == '\n') {
    end_line(at);
    return;
  }
  /* A line that floats while the module restarts; the space behind a prompt. */
  if (at->line_len == 0 && (byte == '\0' || byte == ' ')) return;
  /* None of our commands asks for data: one was damaged on the way. Escape leads back to commands. */
  if (at->line_len == 0 && byte == '>') {
    (void)at->uart->write(at->uart->ctx, (const uint8_t *)ESCAPE, sizeof ESCAPE - 1u);
    return;
  }
  if (at->line_len == GW_AT_LINE_MAX - 1u) {
    at->reading = GW_AT_IN_EXCESS;
    return;
  }
  at->line[at->line_len] = byte;
  at->line_len += 1;
  if (byte == ':' || byte == ',') look_for_special(at, now_ms);
}

static void feed(struct gw_at *at, int64_t now_ms, char byte) {
  const bool ends = byte == '\r' || byte == '\n';
  switch (at->reading) {
    case GW_AT_IN_LINE:
      feed_line(at, now_ms, byte);
      break;
    case GW_AT_IN_BLOCK:
      at->owner->block(at->owner->ctx, byte);
      at->block_deadline_ms = now_ms + BLOCK_SILENCE_MS;
      at->block_left -= 1;
      if (at->block_left == 0) at->reading = GW_AT_IN_LINE;
      break;
    case GW_AT_IN_STREAM:
      at->owner->stream(at->owner->ctx, ends ? '\n' : byte);
      if (ends) at->reading = GW_AT_IN_LINE;
      break;
    case GW_AT_IN_EXCESS:
      if (!ends) break;
      at->reading = GW_AT_IN_LINE;
      end_line(at);
      break;
  }
}

void gw_at_poll(struct gw_at *at, int64_t now_ms) {
  uint8_t bytes[READ_CHUNK];
  size_t count = 0;
  flush(at);
  while ((count = at->uart->read(at->uart->ctx, bytes, sizeof bytes)) > 0)
    for (size_t i = 0; i < count; i += 1) feed(at, now_ms, (char)bytes[i]);
  if (at->reading == GW_AT_IN_BLOCK && now_ms >= at->block_deadline_ms) at->reading = GW_AT_IN_LINE;
  if (at->result == GW_AT_BUSY && now_ms >= at->deadline_ms) finish(at, GW_AT_TIMEOUT, GW_AT_NO_CODE);
}

int64_t gw_at_wake_ms(const struct gw_at *at, int64_t now_ms) {
  if (at->out_sent < at->out_len) return now_ms + FLUSH_AGAIN_MS;
  const int64_t block_ms = at->reading == GW_AT_IN_BLOCK ? at->block_deadline_ms : NEVER_MS;
  const int64_t command_ms = at->result == GW_AT_BUSY ? at->deadline_ms : NEVER_MS;
  if (at->result != GW_AT_BUSY && at->result != GW_AT_IDLE) return now_ms; /* a result to be taken */
  return block_ms < command_ms ? block_ms : command_ms;
}

enum gw_at_result gw_at_take(struct gw_at *at) {
  const enum gw_at_result result = at->result;
  if (result != GW_AT_BUSY) at->result = GW_AT_IDLE;
  return result;
}

const char *gw_at_parameters(const char *line, const char *name) {
  const size_t len = strlen(name);
  if (!starts_with(line, name) || line[len] != ':') return NULL;
  line += len + 1u;
  while (*line == ' ') line += 1;
  return line;
}

const char *gw_at_parameter(const char *parameters, unsigned index) {
  bool quoted = false;
  for (; index > 0; parameters += 1) {
    if (*parameters == '\0') return NULL;
    if (*parameters == '"') quoted = !quoted;
    if (*parameters == ',' && !quoted) index -= 1;
  }
  return parameters;
}

bool gw_at_parameter_number(const char *parameters, unsigned index, int32_t *value) {
  const char *digit = gw_at_parameter(parameters, index);
  if (digit == NULL) return false;
  while (*digit == ' ') digit += 1;
  const bool negative = *digit == '-';
  digit += negative ? 1 : 0;
  if (*digit < '0' || *digit > '9') return false;
  int32_t number = 0;
  for (; *digit >= '0' && *digit <= '9'; digit += 1) {
    if (number > (INT32_MAX - 9) / 10) return false;
    number = number * 10 + (*digit - '0');
  }
  *value = negative ? -number : number;
  return true;
}
