/*
 * customer_record.c - switchbackctl customer export, erase: everything that is kept about one
 * person, handed over or forgotten (Law 25, PIPEDA, GDPR: access and erasure).
 *
 * Both walk the same list of tables, so what one shows the other forgets. A test compares the list
 * with the catalogue: a new table that names a customer or a conversation must be added here.
 */
#include "server/ctl/customer.h"
#include "server/ctl/scope.h"

/* ---- export ---------------------------------------------------------------------------------- */

#define THEIRS "(SELECT id FROM conversations WHERE organization_id = $1 AND customer_id = $2)"
#define NUMBER "(SELECT phone_number FROM customers WHERE organization_id = $1 AND id = $2)"

/* $1 is the organization, $2 the customer; the rows of `t`, oldest first. */
static const struct {
	const char *name, *rows;
} parts[] = {
	{"customer", "SELECT t.*, 0 AS n FROM customers t WHERE organization_id = $1 AND id = $2"},
	{"consents", "SELECT t.*, 0 AS n FROM consents t WHERE organization_id = $1 AND "
		     "phone_number = " NUMBER},
	{"conversations",
	 "SELECT t.*, opened_at AS n FROM conversations t WHERE organization_id = $1 AND "
	 "customer_id = $2"},
	{"messages", "SELECT t.*, created_at AS n FROM messages t WHERE organization_id = $1 AND "
		     "conversation_id IN " THEIRS},
	{"message_media",
	 "SELECT t.*, position AS n FROM message_media t WHERE organization_id = $1 AND "
	 "message_id IN (SELECT id FROM messages WHERE organization_id = $1 AND "
	 "conversation_id IN " THEIRS ")"},
	{"outbox", "SELECT t.*, created_at AS n FROM outbox t WHERE organization_id = $1 AND "
		   "conversation_id IN " THEIRS},
	{"call_sessions",
	 "SELECT t.*, started_at AS n FROM call_sessions t WHERE organization_id = $1 AND "
	 "conversation_id IN " THEIRS},
	{"outbound_calls",
	 "SELECT t.*, created_at AS n FROM outbound_calls t WHERE organization_id = $1 AND "
	 "customer_id = $2"},
	{"escalations",
	 "SELECT t.*, requested_at AS n FROM escalations t WHERE organization_id = $1 AND "
	 "(customer_id = $2 OR conversation_id IN " THEIRS ")"},
	{"promises", "SELECT t.*, created_at AS n FROM promises t WHERE organization_id = $1 AND "
		     "(customer_id = $2 OR conversation_id IN " THEIRS ")"},
	{"command_keys",
	 "SELECT t.*, created_at AS n FROM command_keys t WHERE organization_id = $1 AND "
	 "conversation_id IN " THEIRS},
	{"orders",
	 "SELECT t.*, placed_at AS n FROM orders t WHERE organization_id = $1 AND (customer_id = "
	 "$2 OR conversation_id IN " THEIRS ")"},
	{"order_items",
	 "SELECT t.*, position AS n FROM order_items t WHERE organization_id = $1 AND "
	 "order_id IN (SELECT id FROM orders WHERE organization_id = $1 AND (customer_id = "
	 "$2 OR conversation_id IN " THEIRS "))"},
	{"returns", "SELECT t.*, created_at AS n FROM returns t WHERE organization_id = $1 AND "
		    "(customer_id = $2 OR conversation_id IN " THEIRS ")"},
	{"service_appointments",
	 "SELECT t.*, starts_at AS n FROM service_appointments t WHERE "
	 "organization_id = $1 AND (customer_id = $2 OR conversation_id IN " THEIRS ")"},
	{"reminders",
	 "SELECT t.*, due_at AS n FROM reminders t WHERE organization_id = $1 AND "
	 "appointment_id IN (SELECT id FROM service_appointments WHERE organization_id = $1 "
	 "AND (customer_id = $2 OR conversation_id IN " THEIRS "))"},
	{"events",
	 "SELECT t.*, seq AS n FROM events t WHERE organization_id = $1 AND (customer_id = $2 OR "
	 "conversation_id IN " THEIRS ")"},
	{"provider_events",
	 "SELECT t.*, received_at AS n FROM provider_events t WHERE organization_id = $1 "
	 "AND position(" NUMBER " IN payload::text) > 0"},
};

static bool part_export(struct ctl *c, size_t i, const char *id, struct err *err)
{
	PGresult *r = database_ask(
		&c->db, err,
		arena_printf(&c->arena,
			     "SELECT (to_jsonb(x) - 'n' - 'organization_id')::text FROM "
			     "(%s) x ORDER BY x.n",
			     parts[i].rows),
		2, (const char *const[]){c->organization_id, id});
	int n = r == NULL ? 0 : PQntuples(r);

	if (r == NULL)
		return false;
	fprintf(c->out, ",\n \"%s\": [", parts[i].name);
	for (int row = 0; row < n; row++)
		fprintf(c->out, "%s\n  %s", row == 0 ? "" : ",", PQgetvalue(r, row, 0));
	fprintf(c->out, "%s]", n == 0 ? "" : "\n ");
	PQclear(r);
	return true;
}

bool customer_export(struct ctl *c, struct err *err)
{
	const char *id;
	PGresult *now;
	bool ok;

	if (!scope_begin_option(c, err) || !customer_find(c, &id, err))
		return false;
	now = database_ask(
		&c->db, err,
		"SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", 0,
		NULL);
	ok = now != NULL && scope_audit(c, "customer.export", "customer", id, NULL, err);
	if (ok)
		fprintf(c->out, "{\n \"organization\": \"%s\",\n \"exported_at\": \"%s\"",
			args_value(&c->args, "organization"), PQgetvalue(now, 0, 0));
	PQclear(now);
	for (size_t i = 0; ok && i < ARRAY_LEN(parts); i++)
		ok = part_export(c, i, id, err);
	if (ok)
		fprintf(c->out, "\n}\n");
	return ok && database_commit(&c->db, err);
}

/* ---- erase ----------------------------------------------------------------------------------- */

/* What must be settled by people first: each row is a reason not to erase yet. */
static const char obstacles[] =
	"SELECT 'an order that is not finished (' || order_number || ')' FROM orders WHERE "
	"organization_id "
	"= $1 AND customer_id = $2 AND status IN ('pending', 'processing', 'ready_for_pickup', "
	"'shipped') "
	"UNION ALL SELECT 'an appointment that is still to come' FROM service_appointments WHERE "
	"organization_id = $1 AND customer_id = $2 AND state IN ('held', 'pending', 'booked', "
	"'confirmed', "
	"'arrived', 'in_service', 'waiting_parts', 'ready') UNION ALL SELECT 'a text whose sending "
	"is not "
	"settled yet' FROM outbox WHERE organization_id = $1 AND state IN ('sending', 'unknown') "
	"AND "
	"conversation_id IN " THEIRS
	" UNION ALL SELECT 'a call that is not over' FROM call_sessions WHERE organization_id = $1 "
	"AND stage <> 'ended' AND conversation_id IN " THEIRS " LIMIT 1";

/* In the order in which rows are still found. Orders, returns and appointments stay as the store's
 * own record, without the person. Consent stays: the wish not to be texted outlives them. */
static const char *const steps[] = {
	"DELETE FROM provider_events WHERE organization_id = $1 AND position(" NUMBER
	" IN payload::text) "
	"> 0 AND $2::uuid IS NOT NULL",
	"DELETE FROM due_work WHERE organization_id = $1 AND (ref IN " THEIRS
	" OR ref IN (SELECT id FROM "
	"outbox WHERE organization_id = $1 AND conversation_id IN " THEIRS
	") OR ref IN (SELECT id FROM outbound_calls WHERE organization_id = $1 AND customer_id = "
	"$2))",
	"DELETE FROM message_media WHERE organization_id = $1 AND message_id IN (SELECT id FROM "
	"messages "
	"WHERE organization_id = $1 AND conversation_id IN " THEIRS ")",
	"UPDATE outbox SET body = '', to_number = 'erased', error_text_en = NULL, error_text_fr = "
	"NULL, "
	"state = CASE state WHEN 'queued' THEN 'suppressed' WHEN 'held' THEN 'suppressed' ELSE "
	"state END "
	"WHERE organization_id = $1 AND conversation_id IN " THEIRS,
	"UPDATE messages SET body = '', is_redacted = true, provider_params = NULL, media_n = 0, "
	"error_text_en = NULL, error_text_fr = NULL, status = CASE WHEN status IN ('queued', "
	"'held') THEN "
	"'suppressed' ELSE status END WHERE organization_id = $1 AND conversation_id IN " THEIRS,
	"UPDATE events SET payload = jsonb_build_object('erased', true) WHERE organization_id = $1 "
	"AND "
	"(customer_id = $2 OR conversation_id IN " THEIRS ")",
	"UPDATE command_keys SET body = '{\"erased\": true}' WHERE organization_id = $1 AND body "
	"IS NOT "
	"NULL AND conversation_id IN " THEIRS,
	"UPDATE promises SET text = 'erased', state = CASE state WHEN 'open' THEN 'cancelled' ELSE "
	"state "
	"END, settled_at = coalesce(settled_at, now()) WHERE organization_id = $1 AND (customer_id "
	"= $2 OR "
	"conversation_id IN " THEIRS ")",
	"UPDATE escalations SET reason_text = NULL, reasons = '[]', packet = '{}', resolution_text "
	"= NULL, "
	"closed_at = coalesce(closed_at, now()), state = CASE WHEN closed_at IS NULL THEN "
	"'customer_gone' "
	"ELSE state END WHERE organization_id = $1 AND (customer_id = $2 OR conversation_id "
	"IN " THEIRS ")",
	"UPDATE outbound_calls SET opening = NULL, machine_words = NULL, text_words = NULL, state "
	"= CASE WHEN ended_at IS NULL THEN 'canceled' ELSE state END, ended_at = "
	"coalesce(ended_at, now()) WHERE organization_id = $1 AND customer_id = $2",
	"UPDATE call_sessions SET from_number = 'erased', to_number = 'erased', recording_sid = "
	"NULL, "
	"recording_words = CASE WHEN recording_words IS NOT NULL THEN 'erased' END WHERE "
	"organization_id = "
	"$1 AND conversation_id IN " THEIRS,
	"UPDATE orders SET shipping_address = NULL, tracking_number = NULL, tracking_url = NULL, "
	"notes = "
	"NULL, cancel_reason = NULL WHERE organization_id = $1 AND (customer_id = $2 OR "
	"conversation_id IN " THEIRS ")",
	"UPDATE returns SET reason_text = NULL, items_text = NULL WHERE organization_id = $1 AND "
	"(customer_id = $2 OR conversation_id IN " THEIRS ")",
	"UPDATE reminders SET state = 'cancelled', settled_at = now() WHERE organization_id = $1 "
	"AND state "
	"= 'due' AND appointment_id IN (SELECT id FROM service_appointments WHERE organization_id "
	"= $1 AND "
	"customer_id = $2)",
	"UPDATE service_appointments SET bike = NULL, bike_serial = NULL, notes = NULL, "
	"cancel_reason = "
	"NULL, request_key = NULL WHERE organization_id = $1 AND (customer_id = $2 OR "
	"conversation_id IN " THEIRS ")",
	"UPDATE conversations SET peer = 'erased:' || id, summary = NULL, sentiment = NULL, "
	"waiting_since = "
	"NULL, elevenlabs_conversation_id = NULL, twilio_call_sid = NULL, closed_at = "
	"coalesce(closed_at, "
	"now()), closed_by = coalesce(closed_by, 'erased'), state = 'closed' WHERE organization_id "
	"= $1 AND "
	"customer_id = $2",
	"UPDATE customers SET phone_number = NULL, email = NULL, first_name = NULL, last_name = "
	"NULL, "
	"external_id = NULL, notes = NULL, erased_at = coalesce(erased_at, now()) WHERE "
	"organization_id = "
	"$1 AND id = $2",
	"SELECT event_add($1::uuid, 'customer.erased', NULL, $2::uuid, "
	"jsonb_build_object('customer_id', "
	"$2::uuid))",
};

static bool may_be_erased(struct ctl *c, const char *id, struct err *err)
{
	PGresult *r = DATABASE_ASK(&c->db, err, obstacles, c->organization_id, id);
	bool clear = r != NULL && PQntuples(r) == 0;

	if (r != NULL && !clear)
		err_set(err, ERR_CONFLICT, "Not yet: there is %s. Nothing was changed.",
			PQgetvalue(r, 0, 0));
	PQclear(r);
	return clear;
}

bool customer_erase(struct ctl *c, struct err *err)
{
	const char *id;

	if (!scope_begin_option(c, err) || !customer_find(c, &id, err) ||
	    !may_be_erased(c, id, err))
		return false;
	if (!args_has(&c->args, "yes"))
		return err_set(
			err, ERR_INPUT,
			"This cannot be undone: export first if somebody may want it, then add "
			"--yes.");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (!DATABASE_DO(&c->db, err, steps[i], c->organization_id, id))
			return false;
	}
	if (!scope_end(c, "customer.erase", "customer", id, NULL, err))
		return false;
	fprintf(c->out,
		"%s is forgotten. What providers keep (recordings, their message logs) is erased "
		"with them.\n",
		id);
	return true;
}
