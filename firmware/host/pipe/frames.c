#include "frames.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES 5u

static void write_all(const uint8_t *bytes, size_t len) {
  while (len > 0) {
    const ssize_t written = write(STDOUT_FILENO, bytes, len);
    if (written <= 0) exit(EXIT_FAILURE);
    bytes += written;
    len -= (size_t)written;
  }
}

static void read_all(uint8_t *bytes, size_t len) {
  while (len > 0) {
    const ssize_t got = read(STDIN_FILENO, bytes, len);
    if (got <= 0) exit(EXIT_SUCCESS);
    bytes += got;
    len -= (size_t)got;
  }
}

uint32_t frame_uint32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

int64_t frame_int64(const uint8_t *bytes) {
  return (int64_t)((uint64_t)frame_uint32(bytes) | (uint64_t)frame_uint32(bytes + 4) << 32);
}

void frame_put_uint32(uint8_t *bytes, uint32_t value) {
  for (unsigned i = 0; i < 4; i += 1) bytes[i] = (uint8_t)(value >> (8u * i));
}

void frame_put_int64(uint8_t *bytes, int64_t value) {
  frame_put_uint32(bytes, (uint32_t)((uint64_t)value & UINT32_MAX));
  frame_put_uint32(bytes + 4, (uint32_t)((uint64_t)value >> 32));
}

void frame_send(enum frame_kind kind, const void *bytes, size_t len) {
  uint8_t frame[HEAD_BYTES + FRAME_MAX];
  if (len > FRAME_MAX) exit(EXIT_FAILURE);
  frame[0] = (uint8_t)kind;
  frame_put_uint32(frame + 1, (uint32_t)len);
  if (len > 0) memcpy(frame + HEAD_BYTES, bytes, len);
  write_all(frame, HEAD_BYTES + len);
}

void frame_done(int64_t now_ms) {
  uint8_t bytes[8];
  frame_put_int64(bytes, now_ms);
  frame_send(FRAME_DONE, bytes, sizeof bytes);
}

enum frame_kind frame_read(uint8_t bytes[FRAME_MAX], size_t *len) {
  uint8_t head[HEAD_BYTES];
  read_all(head, sizeof head);
  *len = frame_uint32(head + 1);
  if (*len > FRAME_MAX) exit(EXIT_FAILURE);
  read_all(bytes, *len);
  return (enum frame_kind)head[0];
}
