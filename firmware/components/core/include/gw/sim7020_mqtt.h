/*
 * MQTT 3.1.1 over the module's only client [M 13]: connect, publish with QoS 1, disconnect. With CMQTSYNC the module
 * says OK to a publish only after the broker acknowledged it.
 */
#ifndef GW_SIM7020_MQTT_H
#define GW_SIM7020_MQTT_H

#include "gw/sim7020.h"
#include "gw/uplink.h"

#define GW_MQTT_HOST_MAX 50u    /* [M] */
#define GW_MQTT_NAME_MAX 100u   /* user and password [M] */
#define GW_MQTT_TOPIC_MAX 128u  /* [M] */
#define GW_MQTT_PAYLOAD_MAX 500u /* 1000 characters of hex [M] */

struct gw_mqtt_config {
  const char *host;
  const char *port;      /* decimal, as the module wants it */
  const char *ca_pem;    /* NULL: without TLS, for a laptop only */
  const char *client_id;
  const char *user;      /* "" without */
  const char *password;
  const char *topic;     /* power/<area_id>/<device_id> */
};

enum gw_mqtt_state { GW_MQTT_RUNNING, GW_MQTT_PUBLISHED, GW_MQTT_UNREACHABLE, GW_MQTT_MODEM_FAILED };

enum gw_mqtt_stage {
  GW_MQTT_IDLE,
  GW_MQTT_SYNC,
  GW_MQTT_HEX,
  GW_MQTT_CERTIFICATE,
  GW_MQTT_NEW,
  GW_MQTT_PAUSE,
  GW_MQTT_CONNECT,
  GW_MQTT_PUBLISH,
  GW_MQTT_DISCONNECT
};

struct gw_sim7020_mqtt {
  struct gw_sim7020 *modem;
  const struct gw_mqtt_config *config;
  const struct gw_message *message;
  enum gw_mqtt_stage stage;
  bool stage_sent;
  bool is_open;
  bool was_open;
  bool has_client; /* CMQNEW was answered: only CMQDISCON frees it */
  bool has_certificate;
  bool certificate_retried;
  uint16_t certificate_at; /* bytes of the certificate handed over so far */
  int64_t pause_until_ms;
};

void gw_sim7020_mqtt_init(struct gw_sim7020_mqtt *mqtt, struct gw_sim7020 *modem,
                          const struct gw_mqtt_config *config);
/* Begins to publish one message of at most GW_MQTT_PAYLOAD_MAX bytes, which stays until the end. */
void gw_sim7020_mqtt_start(struct gw_sim7020_mqtt *mqtt, const struct gw_message *message);
enum gw_mqtt_state gw_sim7020_mqtt_poll(struct gw_sim7020_mqtt *mqtt, int64_t now_ms);
int64_t gw_sim7020_mqtt_wake_ms(const struct gw_sim7020_mqtt *mqtt, int64_t now_ms);
/* Ends the connection; true once it is done. Called until then. */
bool gw_sim7020_mqtt_close(struct gw_sim7020_mqtt *mqtt, int64_t now_ms);
/* Gives up the publish under way; the connection is to be closed. */
void gw_sim7020_mqtt_abort(struct gw_sim7020_mqtt *mqtt);
/* The module restarted: nothing is left of client, connection and certificate. */
void gw_sim7020_mqtt_reset(struct gw_sim7020_mqtt *mqtt);
void gw_sim7020_mqtt_line(struct gw_sim7020_mqtt *mqtt, const char *line);

#endif
