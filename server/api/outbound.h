/*
 * outbound.h - rows of the API: calls that the store makes to customers
 * (schema/functions/outbound.sql, jobs/call_out.c).
 */
#ifndef SWITCHBACK_SERVER_API_OUTBOUND_H
#define SWITCHBACK_SERVER_API_OUTBOUND_H

#include "server/api/door.h"

extern const struct api_row outbound_list_row, outbound_add_row, outbound_cancel_row;

#endif
