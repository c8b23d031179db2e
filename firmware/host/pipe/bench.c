/* What only the bench and updates need: a console, the operator's signatures, the slot of the next image. */
#include "port_pipe.h"

#include <stdlib.h>
#include <string.h>

static uint8_t typed[FRAME_MAX];
static size_t typed_from;
static size_t typed_to;

void host_console_arrive(const uint8_t *bytes, size_t len) {
  memmove(typed, typed + typed_from, typed_to - typed_from);
  typed_to -= typed_from;
  typed_from = 0;
  if (typed_to + len > sizeof typed) exit(EXIT_FAILURE);
  memcpy(typed + typed_to, bytes, len);
  typed_to += len;
}

static size_t console_read(void *ctx, uint8_t *bytes, size_t max) {
  const size_t left = typed_to - typed_from;
  const size_t count = left < max ? left : max;
  (void)ctx;
  if (count > 0) memcpy(bytes, typed + typed_from, count);
  typed_from += count;
  return count;
}

static size_t console_write(void *ctx, const uint8_t *bytes, size_t len) {
  (void)ctx;
  host_speak(FRAME_SAID, bytes, len);
  return len;
}

static enum gw_status verify(void *ctx, const uint8_t key[GW_PUBLIC_KEY_BYTES], const uint8_t digest[GW_HASH_BYTES],
                             const uint8_t signature[GW_SIGNATURE_BYTES]) {
  uint8_t question[GW_PUBLIC_KEY_BYTES + GW_HASH_BYTES + GW_SIGNATURE_BYTES];
  const uint8_t *answer = NULL;
  (void)ctx;
  memcpy(question, key, GW_PUBLIC_KEY_BYTES);
  memcpy(question + GW_PUBLIC_KEY_BYTES, digest, GW_HASH_BYTES);
  memcpy(question + GW_PUBLIC_KEY_BYTES + GW_HASH_BYTES, signature, GW_SIGNATURE_BYTES);
  return host_ask(FRAME_VERIFY, question, sizeof question, &answer, NULL);
}

static uint32_t ota_version(void *ctx) {
  const uint8_t *answer = NULL;
  (void)ctx;
  return host_ask(FRAME_OTA_VERSION, NULL, 0, &answer, NULL) == GW_OK ? frame_uint32(answer) : UINT32_MAX;
}

static enum gw_status ota_open(void *ctx, uint32_t size_bytes, uint32_t resume_at) {
  uint8_t question[8];
  const uint8_t *answer = NULL;
  (void)ctx;
  frame_put_uint32(question, size_bytes);
  frame_put_uint32(question + 4, resume_at);
  return host_ask(FRAME_OTA_OPEN, question, sizeof question, &answer, NULL);
}

static enum gw_status ota_write(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len) {
  uint8_t question[4 + 4096];
  const uint8_t *answer = NULL;
  (void)ctx;
  if (len > sizeof question - 4u) return GW_E_ARGUMENT;
  frame_put_uint32(question, offset);
  memcpy(question + 4, bytes, len);
  return host_ask(FRAME_OTA_WRITE, question, 4u + len, &answer, NULL);
}

static enum gw_status ota_read(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len) {
  uint8_t question[8];
  const uint8_t *answer = NULL;
  size_t got = 0;
  (void)ctx;
  frame_put_uint32(question, offset);
  frame_put_uint32(question + 4, len);
  const enum gw_status status = host_ask(FRAME_OTA_READ, question, sizeof question, &answer, &got);
  if (status != GW_OK || got != len) return GW_E_IO;
  memcpy(bytes, answer, len);
  return GW_OK;
}

static enum gw_status ota_activate(void *ctx) {
  const uint8_t *answer = NULL;
  (void)ctx;
  return host_ask(FRAME_OTA_ACTIVATE, NULL, 0, &answer, NULL);
}

const struct gw_stream host_console = {NULL, console_write, console_read};
const struct gw_verifier host_verifier = {NULL, verify};
const struct gw_ota_sink host_ota = {NULL, ota_version, ota_open, ota_write, ota_read, ota_activate};
