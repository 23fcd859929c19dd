-- caller_context: what a store knows of somebody who calls, in one object: what a voice agent is told before its first word.
-- p_customer NULL: nobody whom we know. p_conversation: the call, NULL where it has none yet; what was said in it so far ends
-- the history, but counts as no earlier contact.
CREATE OR REPLACE FUNCTION caller_context(p_organization uuid, p_customer uuid, p_conversation uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'store', store_context(p_organization),
    'customer', (SELECT jsonb_build_object('first_name', k.first_name, 'last_name', k.last_name, 'email', k.email,
                        'phone', k.phone_number, 'language', k.preferred_language,
                        'since_us', (extract(epoch FROM k.customer_since) * 1000000)::bigint)
                   FROM customers k WHERE k.organization_id = p_organization AND k.id = p_customer),
    'orders', (SELECT coalesce(jsonb_agg(jsonb_build_object('number', o.order_number, 'status', o.status,
                      'placed_us', (extract(epoch FROM o.placed_at) * 1000000)::bigint, 'total', o.total_amount::text,
                      'currency', o.currency, 'tracking', o.tracking_number,
                      'items', (SELECT string_agg(i.quantity || ' x ' || i.description, ', ' ORDER BY i.position)
                                  FROM order_items i WHERE i.organization_id = p_organization AND i.order_id = o.id
                                   AND i.position <= 10)) ORDER BY o.placed_at DESC), '[]')
                 FROM (SELECT * FROM orders x WHERE x.organization_id = p_organization AND x.customer_id = p_customer
                        ORDER BY x.placed_at DESC LIMIT 3) o),
    'appointments', (SELECT coalesce(jsonb_agg(jsonb_build_object('service_en', v.name_en, 'service_fr', v.name_fr,
                            'state', v.state, 'starts_us', (extract(epoch FROM v.starts_at) * 1000000)::bigint)
                            ORDER BY v.starts_at), '[]')
                       FROM (SELECT a.state, a.starts_at, s.name_en, s.name_fr FROM service_appointments a
                               JOIN services s ON s.organization_id = a.organization_id AND s.id = a.service_id
                              WHERE a.organization_id = p_organization AND a.customer_id = p_customer
                                AND a.starts_at > now() AND a.state IN ('pending', 'booked', 'confirmed')
                              ORDER BY a.starts_at LIMIT 3) v),
    -- the newest of each of the customer's last conversations, then the newest of all: no history is read to its end
    'history', (SELECT coalesce(jsonb_agg(jsonb_build_array(h.author, h.body) ORDER BY h.created_at, h.position), '[]')
                  FROM (SELECT m.author, left(m.body, 600) AS body, m.created_at, m.position
                          FROM (SELECT c.id FROM conversations c
                                 WHERE c.organization_id = p_organization
                                   AND (c.id = p_conversation OR c.customer_id = p_customer)
                                 ORDER BY c.last_message_at DESC LIMIT 10) c,
                               LATERAL (SELECT * FROM messages x WHERE x.organization_id = p_organization
                                           AND x.conversation_id = c.id AND x.kind IN ('text', 'notice')
                                         ORDER BY x.position DESC LIMIT 50) m
                         ORDER BY m.created_at DESC, m.position DESC LIMIT 50) h),
    'before', (SELECT jsonb_build_object('messages', coalesce(sum(c.last_position), 0),
                      'last_us', (extract(epoch FROM max(c.last_customer_at)) * 1000000)::bigint,
                      'channel', (array_agg(c.channel ORDER BY c.last_customer_at DESC NULLS LAST))[1])
                 FROM conversations c WHERE c.organization_id = p_organization AND c.customer_id = p_customer
                  AND c.id IS DISTINCT FROM p_conversation),
    'summary', (SELECT jsonb_build_object('text', c.summary, 'sentiment', c.sentiment) FROM conversations c
                 WHERE c.organization_id = p_organization AND c.customer_id = p_customer AND c.summary IS NOT NULL
                 ORDER BY c.opened_at DESC LIMIT 1));
END $$;
REVOKE ALL ON FUNCTION caller_context(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION caller_context(uuid, uuid, uuid) TO switchback_service;
