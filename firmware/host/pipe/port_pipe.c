#include "port_pipe.h"

#include <stdlib.h>
#include <string.h>

#define UART_MAX 262144u

static uint8_t answer[FRAME_MAX];
static uint8_t arrived[UART_MAX];
static size_t arrived_from;
static size_t arrived_to;
static bool spoke;

void host_speak(enum frame_kind kind, const void *bytes, size_t len) {
  spoke = true;
  frame_send(kind, bytes, len);
}

bool host_spoke(void) {
  const bool was = spoke;
  spoke = false;
  return was;
}

/* The answer, without its status, is left in `answer`. */
static enum gw_status ask(enum frame_kind kind, const void *bytes, size_t len, size_t *answer_len) {
  size_t got = 0;
  frame_send(kind, bytes, len);
  if (frame_read(answer, &got) != FRAME_ANSWER || got == 0) exit(EXIT_FAILURE);
  const enum gw_status status = (enum gw_status)answer[0];
  memmove(answer, answer + 1, got - 1u);
  if (answer_len != NULL) *answer_len = got - 1u;
  return status;
}

enum gw_status host_ask(enum frame_kind kind, const void *bytes, size_t len, const uint8_t **got, size_t *got_len) {
  *got = answer;
  return ask(kind, bytes, len, got_len);
}

static size_t uart_write(void *ctx, const uint8_t *bytes, size_t len) {
  (void)ctx;
  host_speak(FRAME_SENT, bytes, len);
  return len;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t max) {
  (void)ctx;
  const size_t left = arrived_to - arrived_from;
  const size_t count = left < max ? left : max;
  if (count == 0) return 0;
  memcpy(bytes, arrived + arrived_from, count);
  arrived_from += count;
  return count;
}

void host_uart_arrive(const uint8_t *bytes, size_t len) {
  memmove(arrived, arrived + arrived_from, arrived_to - arrived_from);
  arrived_to -= arrived_from;
  arrived_from = 0;
  if (arrived_to + len > UART_MAX) exit(EXIT_FAILURE);
  memcpy(arrived + arrived_to, bytes, len);
  arrived_to += len;
}

static void pins_key(void *ctx, bool pressed) {
  (void)ctx;
  const uint8_t byte = pressed ? 1 : 0;
  host_speak(FRAME_KEY, &byte, 1);
}

static bool pins_running(void *ctx) {
  (void)ctx;
  return true;
}

static void log_event(void *ctx, enum gw_log_level level, const char *word, int64_t value) {
  (void)ctx;
  uint8_t bytes[9 + 64];
  const size_t len = strlen(word) < 64u ? strlen(word) : 64u;
  bytes[0] = (uint8_t)level;
  frame_put_int64(bytes + 1, value);
  memcpy(bytes + 9, word, len);
  frame_send(FRAME_LOG, bytes, 9 + len);
}

static enum gw_status element_serial(void *ctx, uint8_t serial[GW_SERIAL_BYTES]) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_SERIAL, NULL, 0, NULL);
  memcpy(serial, answer, GW_SERIAL_BYTES);
  return status;
}

static enum gw_status element_sign(void *ctx, const uint8_t digest[GW_HASH_BYTES],
                                   uint8_t signature[GW_SIGNATURE_BYTES]) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_SIGN, digest, GW_HASH_BYTES, NULL);
  memcpy(signature, answer, GW_SIGNATURE_BYTES);
  return status;
}

static enum gw_status element_key(void *ctx, uint8_t key[GW_PUBLIC_KEY_BYTES]) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_PUBLIC_KEY, NULL, 0, NULL);
  memcpy(key, answer, GW_PUBLIC_KEY_BYTES);
  return status;
}

static enum gw_status element_step(void *ctx, uint32_t *value) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_COUNTER, NULL, 0, NULL);
  *value = frame_uint32(answer);
  return status;
}

static enum gw_status flash_ask(enum frame_kind kind, uint32_t offset, uint32_t len) {
  uint8_t bytes[8];
  frame_put_uint32(bytes, offset);
  frame_put_uint32(bytes + 4, len);
  return ask(kind, bytes, sizeof bytes, NULL);
}

static enum gw_status flash_read(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  (void)ctx;
  const enum gw_status status = flash_ask(FRAME_FLASH_READ, offset, len);
  if (status == GW_OK) memcpy(bytes, answer, len);
  return status;
}

static enum gw_status flash_write(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  (void)ctx;
  uint8_t frame[4 + 4096];
  if (len > sizeof frame - 4u) return GW_E_ARGUMENT;
  frame_put_uint32(frame, offset);
  memcpy(frame + 4, bytes, len);
  return ask(FRAME_FLASH_WRITE, frame, 4u + len, NULL);
}

static enum gw_status flash_erase(void *ctx, uint32_t offset) {
  (void)ctx;
  return flash_ask(FRAME_FLASH_ERASE, offset, 0);
}

static enum gw_status flash_blank(void *ctx, uint32_t offset, uint32_t len, bool *is_blank) {
  (void)ctx;
  const enum gw_status status = flash_ask(FRAME_FLASH_BLANK, offset, len);
  *is_blank = answer[0] != 0;
  return status;
}

static enum gw_status kv_get(void *ctx, const char *key, uint8_t *bytes, size_t max, size_t *len) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_KV_GET, key, strlen(key), len);
  if (status != GW_OK) return status;
  if (*len > max) return GW_E_SPACE;
  memcpy(bytes, answer, *len);
  return GW_OK;
}

static enum gw_status kv_set(void *ctx, const char *key, const uint8_t *bytes, size_t len) {
  (void)ctx;
  uint8_t frame[1 + GW_KV_KEY_MAX + 4096];
  const size_t key_len = strlen(key);
  if (key_len > GW_KV_KEY_MAX || len > 4096u) return GW_E_ARGUMENT;
  frame[0] = (uint8_t)key_len;
  memcpy(frame + 1, key, key_len);
  memcpy(frame + 1 + key_len, bytes, len);
  return ask(FRAME_KV_SET, frame, 1u + key_len + len, NULL);
}

static enum gw_status rtc_get(void *ctx, int64_t *epoch_ms) {
  (void)ctx;
  const enum gw_status status = ask(FRAME_RTC_GET, NULL, 0, NULL);
  if (status == GW_OK) *epoch_ms = frame_int64(answer);
  return status;
}

static enum gw_status rtc_set(void *ctx, int64_t epoch_ms) {
  (void)ctx;
  uint8_t bytes[8];
  frame_put_int64(bytes, epoch_ms);
  frame_send(FRAME_TIME, bytes, sizeof bytes);
  return ask(FRAME_RTC_SET, bytes, sizeof bytes, NULL);
}

const struct gw_stream host_uart = {NULL, uart_write, uart_read};
const struct gw_modem_pins host_pins = {NULL, pins_key, pins_running};
const struct gw_log host_log = {NULL, log_event};
const struct gw_secure_element host_element = {NULL, element_serial, element_sign, element_step, element_key};
const struct gw_kv host_kv = {NULL, kv_get, kv_set};
const struct gw_rtc host_rtc = {NULL, rtc_get, rtc_set};
struct gw_flash host_flash = {NULL, 0, 0, flash_read, flash_write, flash_erase, flash_blank};
