-- 0012 grants: what the service may do to each table, and what the lookups may read. Nothing is granted that the service
-- does not use; TRUNCATE, REFERENCES and TRIGGER never are (TRUNCATE does not ask row security). Removing customers,
-- conversations and what hangs on them is retention and erasure: the owner's, through switchbackctl.

-- Read by the service; written by the owner (switchbackctl).
GRANT SELECT ON organizations, organization_phone_numbers TO switchback_service;

-- Managers close the store for a while; the rest of a store's row is the operator's.
GRANT UPDATE (closed_manually, closed_until, closed_reason_en, closed_reason_fr, updated_at) ON organizations
	TO switchback_service;

-- Numbers are only ever raised; the row itself comes with its store.
GRANT SELECT, UPDATE ON organization_counters TO switchback_service;

-- What managers and staff edit, rows of their own life.
GRANT SELECT, INSERT, UPDATE, DELETE ON organization_hours, special_days, special_day_periods, canned_replies,
	staff_presence, user_sessions, reminders, appointment_resources TO switchback_service;

-- Kept: switched off, closed, cancelled or emptied, never deleted by the service.
GRANT SELECT, INSERT, UPDATE ON policies, user_profiles, api_keys, customers, consents, conversations, messages, outbox,
	escalations, promises, products, orders, order_items, returns, services, resources, service_appointments,
	call_sessions TO switchback_service;

-- Written once. A media reference and a provider's event never change; of an event, only redaction changes the payload.
GRANT SELECT, INSERT ON message_media, provider_events, events, audit_log TO switchback_service;
GRANT UPDATE (payload) ON events TO switchback_service;

-- Done work is deleted.
GRANT SELECT, INSERT, UPDATE, DELETE ON due_work TO switchback_service;

-- The chain of the audit log is verified by whoever may read it.
GRANT EXECUTE ON FUNCTION audit_row_hash(bytea, audit_log), audit_broken(uuid) TO switchback_service;

-- The lookups' role sees these columns of every organization's rows, and no others. The policy asks for current_user, so
-- that it serves inside the lookups only and not whoever is a member of the role (the owner is).
GRANT SELECT (id, slug, is_active, twilio_account_sid) ON organizations TO switchback_lookup;
GRANT SELECT (organization_id, phone_number, is_active) ON organization_phone_numbers TO switchback_lookup;
GRANT SELECT (organization_id, twilio_message_sid) ON messages TO switchback_lookup;
GRANT SELECT (organization_id, id) ON outbox TO switchback_lookup;
CREATE POLICY lookup ON organizations FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
CREATE POLICY lookup ON organization_phone_numbers FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
CREATE POLICY lookup ON messages FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
CREATE POLICY lookup ON outbox FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
