/*
 * The uplink over the SIM7020E. Route 1 is HTTPS: the portal answers for every reading. Route 2 is MQTT, whose broker
 * acknowledges that it has the message, not that the portal took it:
 * - with both routes, MQTT carries the newest reading while the portal's HTTPS is out of reach; the reading stays
 *   unacknowledged, and is settled (as a duplicate) once the portal itself answers;
 * - with MQTT alone, the broker's word has to do: it belongs to the operator, keeps a persistent session for the portal,
 *   and a reading lost there shows as a gap in the numbers.
 */
#ifndef GW_UPLINK_MODEM_H
#define GW_UPLINK_MODEM_H

#include "gw/sim7020.h"
#include "gw/sim7020_http.h"
#include "gw/sim7020_mqtt.h"
#include "gw/uplink.h"

/* Strings are the caller's and stay. At least one route is configured. */
struct gw_modem_uplink_config {
  struct gw_sim7020_config modem;
  struct gw_http_config http; /* origin NULL: no HTTPS */
  struct gw_mqtt_config mqtt; /* host NULL: no MQTT */
};

enum gw_uplink_state {
  GW_UPLINK_RESTING,
  GW_UPLINK_ASKING_TIME,
  GW_UPLINK_FETCHING,
  GW_UPLINK_WAITING, /* for the modem */
  GW_UPLINK_POSTING,
  GW_UPLINK_PUBLISHING,
  GW_UPLINK_DONE,     /* results are ready for the next poll */
  GW_UPLINK_LINGERING, /* the connection is kept for a moment: more may follow */
  GW_UPLINK_CLOSING
};

struct gw_modem_uplink {
  struct gw_uplink uplink; /* what the agent gets */
  struct gw_modem_uplink_config config;
  struct gw_sim7020 modem;
  struct gw_sim7020_http http;
  struct gw_sim7020_mqtt mqtt;
  struct gw_sim7020_client client;
  enum gw_uplink_state state;
  struct gw_message messages[GW_UPLINK_MESSAGES_MAX];
  struct gw_result results[GW_UPLINK_MESSAGES_MAX];
  size_t count;  /* 0: nothing is submitted */
  size_t first;  /* messages of the exchange under way: [first, first + length) */
  size_t length;
  struct gw_fetch *fetch; /* under way, or NULL */
  bool last_gasp;
  bool lets_sleep; /* once the connection is closed */
  uint64_t published_seq; /* of the reading last handed to the broker, 0 for none */
  int64_t deadline_ms;    /* of the submission */
  int64_t until_ms;       /* of lingering, of the wait for a last result */
  int64_t ask_time_ms;    /* not before */
};

/* GW_E_ARGUMENT when no route is configured or a name is longer than the module takes. */
enum gw_status gw_modem_uplink_init(struct gw_modem_uplink *uplink, const struct gw_modem_uplink_config *config,
                                    const struct gw_stream *uart, const struct gw_modem_pins *pins,
                                    struct gw_clock *clock, const struct gw_log *log);

#endif
