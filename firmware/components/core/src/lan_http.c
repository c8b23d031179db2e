#include "gw/lan_http.h"

#include <string.h>

#define STATUS_OK 200u
#define CHUNK_BYTES 64u

static bool append(struct gw_lan_http *http, const char *text) {
  const size_t len = strlen(text);
  if (len > sizeof http->request - http->request_len) return false;
  memcpy(http->request + http->request_len, text, len);
  http->request_len += len;
  return true;
}

static enum gw_status get(void *ctx, const char *path) {
  struct gw_lan_http *http = ctx;
  http->request_len = 0;
  http->sent = 0;
  http->spaces = 0;
  http->status = 0;
  http->line_len = 0;
  http->in_body = false;
  const bool fits = append(http, "GET ") && append(http, path) && append(http, " HTTP/1.0\r\nHost: ") &&
                    append(http, http->host) && append(http, "\r\n\r\n");
  http->is_open = fits && http->tcp->connect(http->tcp->ctx) == GW_OK;
  return http->is_open ? GW_OK : GW_E_IO;
}

/* "HTTP/1.1 200 OK", lines of a header, an empty one. */
static void take_head(struct gw_lan_http *http, uint8_t byte) {
  if (byte == '\n') {
    http->in_body = http->line_len == 0;
    http->line_len = 0;
    http->spaces = 2; /* only the first line has a status */
  } else if (byte != '\r') {
    http->line_len++;
    if (byte == ' ' && http->spaces < 2) http->spaces++;
    else if (http->spaces == 1 && byte >= '0' && byte <= '9' && http->status < 1000u)
      http->status = http->status * 10u + (unsigned)(byte - '0');
  }
}

static enum gw_status fail(struct gw_lan_http *http) {
  http->is_open = false;
  return GW_E_IO;
}

static enum gw_status read_body(void *ctx, uint8_t *bytes, size_t max, size_t *len, bool *ended) {
  struct gw_lan_http *http = ctx;
  const struct gw_stream *stream = &http->tcp->stream;
  uint8_t chunk[CHUNK_BYTES];
  *len = 0;
  *ended = false;
  if (!http->is_open) return GW_E_IO;
  http->sent += stream->write(stream->ctx, (const uint8_t *)http->request + http->sent, http->request_len - http->sent);
  while (*len < max) {
    const size_t room = max - *len;
    const size_t got = stream->read(stream->ctx, chunk, room < sizeof chunk ? room : sizeof chunk);
    if (got == 0) break;
    for (size_t i = 0; i < got; i++)
      if (http->in_body) bytes[(*len)++] = chunk[i];
      else take_head(http, chunk[i]);
    if (http->in_body && http->status != STATUS_OK) return fail(http);
  }
  if (*len > 0 || !http->tcp->has_ended(http->tcp->ctx)) return GW_OK;
  if (!http->in_body) return fail(http);
  http->is_open = false;
  *ended = true;
  return GW_OK;
}

void gw_lan_http_init(struct gw_lan_http *http, const struct gw_tcp *tcp, const char *host, struct gw_lan *lan) {
  *http = (struct gw_lan_http){.tcp = tcp, .host = host};
  *lan = (struct gw_lan){http, get, read_body};
}
