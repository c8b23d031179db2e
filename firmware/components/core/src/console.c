#include "gw/console.h"

#include "gw/sha256.h"
#include "gw/text.h"

#include <string.h>

#define NONCE_BYTES 32u
#define CHUNK_BYTES 64u

/* docs/formats/provisioning.md, "Challenge"; the final zero is not part of it. */
static const char domain[] = "gridwitness device challenge v1\n\n\n";

static void begin_line(struct gw_console *console) {
  console->word_len = 0;
  console->in_word = true;
  console->is_broken = false;
  console->has_nibble = false;
  console->len = 0;
}

void gw_console_init(struct gw_console *console, const struct gw_console_config *config) {
  memset(console, 0, sizeof *console);
  console->config = *config;
  begin_line(console);
}

static void say(const struct gw_console *console, const char *text) {
  const struct gw_stream *terminal = console->config.terminal;
  (void)terminal->write(terminal->ctx, (const uint8_t *)text, strlen(text));
}

static void say_hex(const struct gw_console *console, const uint8_t *bytes, size_t len) {
  char text[3];
  for (size_t i = 0; i < len; i++) {
    gw_hex_encode(bytes + i, 1, text);
    say(console, text);
  }
}

static void identity(const struct gw_console *console) {
  const struct gw_secure_element *element = console->config.element;
  uint8_t key[GW_PUBLIC_KEY_BYTES];
  if (element->public_key(element->ctx, key) != GW_OK) {
    say(console, "error: the secure element does not answer\r\n");
    return;
  }
  say(console, "GRIDWITNESS:1:");
  say_hex(console, console->config.serial, GW_SERIAL_BYTES);
  say(console, ":04");
  say_hex(console, key, sizeof key);
  say(console, "\r\n");
}

static void challenge(const struct gw_console *console) {
  const struct gw_secure_element *element = console->config.element;
  uint8_t digest[GW_HASH_BYTES];
  uint8_t signature[GW_SIGNATURE_BYTES];
  struct gw_sha256 hash;
  if (console->len != NONCE_BYTES) {
    say(console, "error: expected a nonce of 64 hex digits\r\n");
    return;
  }
  gw_sha256_init(&hash);
  gw_sha256_update(&hash, (const uint8_t *)domain, sizeof domain - 1u);
  gw_sha256_update(&hash, console->config.serial, GW_SERIAL_BYTES);
  gw_sha256_update(&hash, console->bytes, NONCE_BYTES);
  gw_sha256_final(&hash, digest);
  if (element->sign(element->ctx, digest, signature) != GW_OK) {
    say(console, "error: the secure element does not answer\r\n");
    return;
  }
  say_hex(console, signature, sizeof signature);
  say(console, "\r\n");
}

static const char *reason_of(enum gw_status status) {
  switch (status) {
  case GW_E_FORMAT: return "error: these are no settings\r\n";
  case GW_E_SIGNATURE: return "error: not signed by this device's operator\r\n";
  case GW_E_RANGE: return "error: meant for another device, or outside its limits\r\n";
  case GW_E_VERSION: return "error: the version is not above the one in force\r\n";
  default: return "error: could not be stored\r\n";
  }
}

static bool take_settings(const struct gw_console *console, struct gw_settings *settings) {
  const struct gw_console_config *config = &console->config;
  if (config->operator_key == NULL) {
    say(console, "error: built without an operator's key\r\n");
    return false;
  }
  enum gw_status status = gw_config_apply(settings, config->kv, config->verifier, config->operator_key,
                                          config->serial, console->bytes, console->len);
  say(console, status == GW_OK ? "ok: settings taken over, restarting\r\n" : reason_of(status));
  return status == GW_OK;
}

static bool is_word(const struct gw_console *console, const char *word) {
  return console->word_len == strlen(word) && memcmp(console->word, word, console->word_len) == 0;
}

static bool end_line(struct gw_console *console, struct gw_settings *settings) {
  bool changed = false;
  const bool is_whole = !console->is_broken && !console->has_nibble;
  if (console->word_len == 0 && is_whole) return false; /* an empty line, or the second half of a line end */
  if (is_whole && console->len == 0 && is_word(console, "identity")) identity(console);
  else if (is_whole && is_word(console, "challenge")) challenge(console);
  else if (is_whole && is_word(console, "settings")) changed = take_settings(console, settings);
  else say(console, "expected: identity | challenge <64 hex digits> | settings <hex digits>\r\n");
  begin_line(console);
  return changed;
}

static void take_digit(struct gw_console *console, char digit) {
  const char pair[2] = {'0', digit};
  uint8_t value = 0;
  size_t len = 0;
  if (gw_hex_decode(pair, sizeof pair, &value, 1, &len) != GW_OK || console->len == sizeof console->bytes) {
    console->is_broken = true;
  } else if (!console->has_nibble) {
    console->nibble = value;
    console->has_nibble = true;
  } else {
    console->bytes[console->len++] = (uint8_t)(console->nibble << 4 | value);
    console->has_nibble = false;
  }
}

static void take_character(struct gw_console *console, char c) {
  if (console->in_word && c == ' ') console->in_word = false;
  else if (!console->in_word) take_digit(console, c);
  else if (console->word_len < GW_CONSOLE_WORD_MAX) console->word[console->word_len++] = c;
  else console->is_broken = true;
}

bool gw_console_step(struct gw_console *console, struct gw_settings *settings) {
  const struct gw_stream *terminal = console->config.terminal;
  uint8_t chunk[CHUNK_BYTES];
  bool changed = false;
  for (size_t len = sizeof chunk; len == sizeof chunk;) {
    len = terminal->read(terminal->ctx, chunk, sizeof chunk);
    for (size_t i = 0; i < len; i++) {
      const char c = (char)chunk[i];
      if (c != '\n' && c != '\r') take_character(console, c);
      else if (end_line(console, settings)) changed = true;
    }
  }
  return changed;
}
