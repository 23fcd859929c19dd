/*
 * account.h - a store's own provider account, by the provider's name for it.
 */
#ifndef SWITCHBACK_SERVER_STORE_ACCOUNT_H
#define SWITCHBACK_SERVER_STORE_ACCOUNT_H

#include "server/db/db.h"

struct account {
	bool found;
	char organization[ID_TEXT];
	struct str token_sealed; /* bytea as hex text */
};

void account_find(struct flow *f, struct db *db, struct str account_sid, struct account *out);

#endif
