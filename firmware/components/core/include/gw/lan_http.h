/* GET over one TCP connection of the local network, as gw/meter_shelly.h wants it: HTTP/1.0, one request a connection. */
#ifndef GW_LAN_HTTP_H
#define GW_LAN_HTTP_H

#include "gw/meter_shelly.h"
#include "gw/port.h"

#define GW_LAN_REQUEST_MAX 160u

/* A connection to the one host and port it was made for. Never blocks. */
struct gw_tcp {
  void *ctx;
  /* Begins to connect; ends the connection before. */
  enum gw_status (*connect)(void *ctx);
  struct gw_stream stream;
  /* The other side has closed, or the connection failed; everything that came was read. */
  bool (*has_ended)(void *ctx);
};

struct gw_lan_http {
  const struct gw_tcp *tcp;
  const char *host;
  bool is_open;
  char request[GW_LAN_REQUEST_MAX];
  size_t request_len;
  size_t sent;
  /* What came of the head of the answer */
  unsigned spaces;
  unsigned status;
  unsigned line_len;
  bool in_body;
};

/* `tcp` and `host` stay. */
void gw_lan_http_init(struct gw_lan_http *http, const struct gw_tcp *tcp, const char *host, struct gw_lan *lan);

#endif
