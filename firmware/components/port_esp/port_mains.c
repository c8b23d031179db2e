#include "port_esp.h"

#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"

#define QUEUE_PULSES 1024 /* ten seconds at 50 Hz: longer than any step */
#define US_PER_MS 1000

static QueueHandle_t pulses;

/* Only a timestamp; a full queue drops pulses, which the state machine survives as it would a sag. */
static void IRAM_ATTR on_pulse(void *arg) {
  int64_t at_ms = esp_timer_get_time() / US_PER_MS;
  BaseType_t woken = pdFALSE;
  (void)arg;
  xQueueSendFromISR(pulses, &at_ms, &woken);
  if (woken == pdTRUE) portYIELD_FROM_ISR();
}

static size_t take(void *ctx, int64_t *pulse_ms, size_t max) {
  size_t count = 0;
  (void)ctx;
  while (count < max && xQueueReceive(pulses, &pulse_ms[count], 0) == pdTRUE) count++;
  return count;
}

enum gw_status port_mains_open(const struct port_pins *pins) {
  /* The opto-coupler pulls low once every half cycle; the pull-up is on the board. */
  const gpio_config_t config = {.pin_bit_mask = 1ULL << pins->mains, .mode = GPIO_MODE_INPUT, .intr_type = GPIO_INTR_NEGEDGE};
  pulses = xQueueCreate(QUEUE_PULSES, sizeof(int64_t));
  if (!pulses || gpio_config(&config) != ESP_OK) return GW_E_IO;
  if (gpio_install_isr_service(ESP_INTR_FLAG_IRAM) != ESP_OK) return GW_E_IO;
  return gpio_isr_handler_add((gpio_num_t)pins->mains, on_pulse, NULL) == ESP_OK ? GW_OK : GW_E_IO;
}

const struct gw_mains port_mains = {.take = take};
