/*
 * contract.h - the providers' own machine-readable contracts, where they lie beside the checkout
 * ($SWITCHBACK_SHARED/contracts, else ../shared/contracts). Where they do not, everything fits and
 * a test says "skipped".
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_CONTRACT_H
#define SWITCHBACK_TESTS_SUPPORT_CONTRACT_H

#include <jansson.h>

#include "shared/err.h"

/* A file of the contracts, read; NULL: it is not there. json_decref it. */
json_t *contract_file(const char *name);

/* Does a message of an ElevenLabs conversation socket fit what they publish of it? direction:
 * "client_to_server", "server_to_client". */
MUST_USE
bool contract_conversation(const char *direction, const json_t *message, struct err *err);

#endif
