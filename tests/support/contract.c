/*
 * contract.c - see contract.h.
 */
#include "tests/support/contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/json_schema.h"

json_t *contract_file(const char *name)
{
	const char *shared = getenv("SWITCHBACK_SHARED");
	char path[512];

	snprintf(path, sizeof path, "%s/contracts/%s", shared == NULL ? "../shared" : shared, name);
	return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

bool contract_conversation(const char *direction, const json_t *message, struct err *err)
{
	static json_t *contract; /* for as long as the program runs */
	static bool looked;

	if (!looked)
		contract = contract_file("elevenlabs_agent_events.schema.json");
	looked = true;
	if (contract == NULL)
		return true;
	return json_schema_holds(contract, json_object_get(contract, direction), message, err);
}
