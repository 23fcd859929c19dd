-- event_add: one event with the organization's next number. Takes the counter row, which is held until commit:
-- call it last in a transaction.
CREATE OR REPLACE FUNCTION event_add(p_organization uuid, p_type text, p_conversation uuid, p_customer uuid,
                                     p_payload jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_seq bigint;
BEGIN
  UPDATE organization_counters SET last_event = last_event + 1
   WHERE organization_id = p_organization RETURNING last_event INTO STRICT v_seq;
  INSERT INTO events (organization_id, seq, type, conversation_id, customer_id, payload)
  VALUES (p_organization, v_seq, p_type, p_conversation, p_customer, p_payload);
  RETURN v_seq;
END $$;
REVOKE ALL ON FUNCTION event_add(uuid, text, uuid, uuid, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION event_add(uuid, text, uuid, uuid, jsonb) TO switchback_service;
