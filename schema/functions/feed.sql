-- feed.sql - how far the events of several stores have come. SECURITY DEFINER, one of the closed list (organization.sql):
-- numbers only, in the order of the ids; NULL for an id that is no active store's, whose streams end then.
CREATE OR REPLACE FUNCTION feed_heads(wanted uuid[]) RETURNS bigint[]
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT array_agg(c.last_event::bigint ORDER BY w.place)
		FROM unnest(wanted) WITH ORDINALITY AS w (id, place)
		LEFT JOIN (public.organization_counters c
			JOIN public.organizations o ON o.id = c.organization_id AND o.is_active) ON c.organization_id = w.id);
END
$$;

GRANT CREATE ON SCHEMA public TO switchback_lookup;
ALTER FUNCTION feed_heads(uuid[]) OWNER TO switchback_lookup;
REVOKE CREATE ON SCHEMA public FROM switchback_lookup;
REVOKE ALL ON FUNCTION feed_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION feed_heads(uuid[]) TO switchback_service;
