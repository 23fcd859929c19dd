/*
 * phone_news.h - what the line tells (GET /sim/numbers, GET /sim/phones/{number}), as messages to
 * the handset. What is no such object is passed over.
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_NEWS_H
#define SWITCHBACK_TESTS_SIM_PHONE_NEWS_H

#include <jansson.h>

#include "tests/sim/phone_model.h"

void phone_news_numbers(struct phone *p, const json_t *body);
/* Texts, calls and what was said on them. */
void phone_news(struct phone *p, const json_t *body, int64_t now_us);

#endif
