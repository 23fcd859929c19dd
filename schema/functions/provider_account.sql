-- account_find: a store's own provider account by the provider's name for it, with its token, sealed. No row's worth:
-- organization is NULL. Read under the store's own context, like everything of a store.
CREATE OR REPLACE FUNCTION account_find(p_account_sid text, OUT organization uuid, OUT token_sealed bytea)
LANGUAGE plpgsql AS $$
BEGIN
  organization := organization_by_account(p_account_sid);
  IF organization IS NOT NULL THEN
    PERFORM set_config('app.current_organization_id', organization::text, true);
    SELECT o.twilio_auth_token_sealed INTO token_sealed FROM organizations o WHERE o.id = organization;
  END IF;
END $$;
REVOKE ALL ON FUNCTION account_find(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_find(text) TO switchback_service;
