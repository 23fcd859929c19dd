-- organization.sql - the closed list of SECURITY DEFINER functions: from something that cannot be forged (the called number
-- of a signed webhook, the id in a signed callback's URL, the carrier's SID, a refresh token's family) to the one
-- organization that it belongs to.
--
-- Each returns one id or NULL, and nothing else about anybody. They run as switchback_lookup, which reads just the columns
-- named in 0012, with a search_path that no caller can bend. plpgsql, because its plans are kept.

-- The active organization that an active number reaches. NULL: nobody's.
CREATE OR REPLACE FUNCTION organization_by_number(called text) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT n.organization_id FROM public.organization_phone_numbers n
		JOIN public.organizations o ON o.id = n.organization_id
		WHERE n.phone_number = called AND n.is_active AND o.is_active);
END
$$;

-- The organization of an outbox row: the status callback's URL names it. Inactive ones too: their texts have a fate as well.
CREATE OR REPLACE FUNCTION outbox_organization(outbox uuid) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT b.organization_id FROM public.outbox b WHERE b.id = outbox_organization.outbox LIMIT 1);
END
$$;

-- The organization of a message that the carrier knows by this SID. An account that is a store's own finds that store's
-- messages only; NULL or the platform's account finds those of stores without an account of their own.
CREATE OR REPLACE FUNCTION message_organization(account_sid text, sid text) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT m.organization_id FROM public.messages m
		JOIN public.organizations o ON o.id = m.organization_id
		WHERE m.twilio_message_sid = sid
		  AND (o.twilio_account_sid = account_sid
		       OR (o.twilio_account_sid IS NULL
		           AND NOT EXISTS (SELECT FROM public.organizations a WHERE a.twilio_account_sid = account_sid)))
		LIMIT 1);
END
$$;

-- The organization of a call leg: the URLs in its documents name it.
CREATE OR REPLACE FUNCTION call_organization(call uuid) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT s.organization_id FROM public.call_sessions s WHERE s.id = call LIMIT 1);
END
$$;

-- The organization of a leg that the carrier knows by this SID, as message_organization.
CREATE OR REPLACE FUNCTION call_sid_organization(account_sid text, sid text) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT s.organization_id FROM public.call_sessions s
		JOIN public.organizations o ON o.id = s.organization_id
		WHERE s.twilio_call_sid = sid
		  AND (o.twilio_account_sid = account_sid
		       OR (o.twilio_account_sid IS NULL
		           AND NOT EXISTS (SELECT FROM public.organizations a WHERE a.twilio_account_sid = account_sid)))
		LIMIT 1);
END
$$;

-- The store whose own provider account this is. Active ones only: an account of a closed store proves nothing.
CREATE OR REPLACE FUNCTION organization_by_account(account_sid text) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT o.id FROM public.organizations o WHERE o.twilio_account_sid = account_sid AND o.is_active LIMIT 1);
END
$$;

-- The organization of a slug, active or not: for switchbackctl, and for sign-in.
CREATE OR REPLACE FUNCTION organization_by_slug(wanted text) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT o.id FROM public.organizations o WHERE o.slug = wanted);
END
$$;

-- The organization of a sign-in, by the family of its refresh token: 16 random bytes, of which this is SHA-256.
CREATE OR REPLACE FUNCTION organization_by_family(family bytea) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT s.organization_id FROM public.user_sessions s WHERE s.family_hash = family);
END
$$;

-- Handed over to the lookups' role, which may create for just this moment; then to the service alone.
GRANT CREATE ON SCHEMA public TO switchback_lookup;
ALTER FUNCTION organization_by_number(text) OWNER TO switchback_lookup;
ALTER FUNCTION outbox_organization(uuid) OWNER TO switchback_lookup;
ALTER FUNCTION message_organization(text, text) OWNER TO switchback_lookup;
ALTER FUNCTION call_organization(uuid) OWNER TO switchback_lookup;
ALTER FUNCTION call_sid_organization(text, text) OWNER TO switchback_lookup;
ALTER FUNCTION organization_by_account(text) OWNER TO switchback_lookup;
ALTER FUNCTION organization_by_slug(text) OWNER TO switchback_lookup;
ALTER FUNCTION organization_by_family(bytea) OWNER TO switchback_lookup;
REVOKE CREATE ON SCHEMA public FROM switchback_lookup;
REVOKE ALL ON FUNCTION organization_by_number(text), outbox_organization(uuid), message_organization(text, text),
	call_organization(uuid), call_sid_organization(text, text),
	organization_by_account(text), organization_by_slug(text), organization_by_family(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organization_by_number(text), outbox_organization(uuid), message_organization(text, text),
	call_organization(uuid), call_sid_organization(text, text),
	organization_by_account(text), organization_by_slug(text), organization_by_family(bytea) TO switchback_service;
