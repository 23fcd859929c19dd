/*
 * customers.h - rows of the API: customers as staff read and change them. The SQL is in
 * schema/functions/customer.sql.
 */
#ifndef SWITCHBACK_SERVER_API_CUSTOMERS_H
#define SWITCHBACK_SERVER_API_CUSTOMERS_H

#include "server/api/door.h"

extern const struct api_row customer_search_row, customer_one_row, customer_speaks_row;

#endif
