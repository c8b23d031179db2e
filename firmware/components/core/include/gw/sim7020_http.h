/*
 * One HTTP(S) exchange at a time over the module's own client [H]. The connection stays open between exchanges, because
 * a TLS handshake costs more than a reading; gw_sim7020_http_close ends it.
 */
#ifndef GW_SIM7020_HTTP_H
#define GW_SIM7020_HTTP_H

#include "gw/sim7020.h"
#include "gw/uplink_answer.h"

#define GW_HTTP_ORIGIN_MAX 100u
#define GW_HTTP_HEADER_LINE_MAX 48u
/* A longer field of +CHTTPNMIC is no number any more but the content. */
#define GW_HTTP_FIELD_MAX 12u
/* Body in hex, path, types and the rest must fit into one command line; the maker advises less than 850. */
#define GW_HTTP_BODY_MAX 840u

struct gw_http_config {
  const char *origin; /* "https://portal.example:443", up to GW_HTTP_ORIGIN_MAX characters; http:// for a laptop only */
  const char *ca_pem; /* certificate that signs the portal's; needed for https */
};

struct gw_http_request {
  const char *path;
  const char *content_type;          /* of a POST */
  const struct gw_message *messages; /* one after the other they are the body */
  size_t count;                      /* 0: GET */
  struct gw_fetch *fetch;            /* of a GET: which range, and where the body goes; NULL: nobody wants it */
  bool urgent;                       /* exceptional data, and the radio let go after one answer */
};

struct gw_http_response {
  int32_t status; /* 0: no answer came */
  uint32_t retry_after_s;
  struct gw_answer answer;
};

enum gw_http_state { GW_HTTP_RUNNING, GW_HTTP_ANSWERED, GW_HTTP_UNREACHABLE, GW_HTTP_MODEM_FAILED };

enum gw_http_stage {
  GW_HTTP_IDLE,
  GW_HTTP_FREE, /* client numbers that an earlier life left behind */
  GW_HTTP_CREATE,
  GW_HTTP_CONNECT,
  GW_HTTP_EXCEPTIONAL,
  GW_HTTP_RELEASE,
  GW_HTTP_SEND,
  GW_HTTP_HEADER,
  GW_HTTP_BODY,
  GW_HTTP_DISCONNECT,
  GW_HTTP_DESTROY
};

struct gw_sim7020_http {
  struct gw_sim7020 *modem;
  const struct gw_http_config *config;
  struct gw_http_request request;
  struct gw_http_response response;
  enum gw_http_stage stage;
  bool stage_sent;
  bool is_open;
  bool has_lost; /* the module reported the connection gone */
  bool has_ended; /* the last piece of the body came */
  bool was_open;  /* before this exchange: the server may have closed it in the meantime */
  bool has_freed;
  uint8_t id; /* client number the module gave */
  uint8_t free_id;
  uint32_t created_len; /* characters of the client's description sent so far */
  int64_t deadline_ms;
  /* +CHTTPNMIC: <id>,<more>,<total>,<len>,<hex>, of which any comma may be missing */
  bool in_hex;
  bool is_last_piece;
  uint8_t field;
  uint8_t field_len;
  char field_text[GW_HTTP_FIELD_MAX];
  uint8_t nibble;
  bool has_nibble;
  uint8_t header_len;
  char header[GW_HTTP_HEADER_LINE_MAX];
};

void gw_sim7020_http_init(struct gw_sim7020_http *http, struct gw_sim7020 *modem,
                          const struct gw_http_config *config);
/* Begins an exchange; the driver is READY and no exchange is under way. What `request` points at stays. */
void gw_sim7020_http_start(struct gw_sim7020_http *http, int64_t now_ms, const struct gw_http_request *request);
enum gw_http_state gw_sim7020_http_poll(struct gw_sim7020_http *http, int64_t now_ms);
int64_t gw_sim7020_http_wake_ms(const struct gw_sim7020_http *http, int64_t now_ms);
/* Ends the connection; true once it is done. Called until then. */
bool gw_sim7020_http_close(struct gw_sim7020_http *http, int64_t now_ms);
/* Gives up the exchange under way; the connection is to be closed, for its late answer is nobody's. */
void gw_sim7020_http_abort(struct gw_sim7020_http *http);
/* The module restarted: nothing is left of clients and connections. */
void gw_sim7020_http_reset(struct gw_sim7020_http *http);

/* What the driver hands on. */
void gw_sim7020_http_line(struct gw_sim7020_http *http, const char *line);
void gw_sim7020_http_block(struct gw_sim7020_http *http, char byte);
void gw_sim7020_http_stream(struct gw_sim7020_http *http, char byte);

#endif
