-- due_work: what must happen next, found without an organization's context and then done under it. A row is
-- leased by one process at a time; a process that dies lets its lease run out.

-- Asks that something be done at a time. An earlier time wins; one that is being done right now is marked dirty,
-- so that it is done again afterwards.
CREATE OR REPLACE FUNCTION work_add(p_organization uuid, p_kind text, p_ref uuid, p_due timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO due_work AS w (organization_id, kind, ref, due_at, first_due_at)
  VALUES (p_organization, p_kind, p_ref, p_due, p_due)
  ON CONFLICT (organization_id, kind, ref) DO UPDATE
     SET due_at = CASE WHEN w.lease IS NULL THEN least(w.due_at, excluded.due_at) ELSE w.due_at END,
         dirty = w.lease IS NOT NULL
$$;

-- Claims up to p_limit rows that are due, for p_lease_ms. The lease is a fresh id: whoever finishes must show it.
CREATE OR REPLACE FUNCTION work_claim(p_limit int, p_lease_ms int)
RETURNS TABLE (organization_id uuid, kind text, ref uuid, lease uuid, attempts int)
LANGUAGE sql AS $$
  UPDATE due_work w
     SET lease = gen_random_uuid(), leased_until = now() + p_lease_ms * interval '1 millisecond',
         attempts = w.attempts + 1, dirty = false
    FROM (SELECT d.organization_id, d.kind, d.ref FROM due_work d
           WHERE d.due_at <= now() AND (d.leased_until IS NULL OR d.leased_until <= now())
           ORDER BY d.due_at LIMIT p_limit FOR UPDATE SKIP LOCKED) AS due
   WHERE w.organization_id = due.organization_id AND w.kind = due.kind AND w.ref = due.ref
  RETURNING w.organization_id, w.kind, w.ref, w.lease, w.attempts
$$;

-- Milliseconds until the next row is due; NULL when there is none.
CREATE OR REPLACE FUNCTION work_next_ms() RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT greatest(0, ceil(extract(epoch FROM min(greatest(due_at, coalesce(leased_until, due_at))) - clock_timestamp())
                          * 1000))::bigint
    FROM (SELECT due_at, leased_until FROM due_work ORDER BY due_at LIMIT 64) AS soonest
$$;

-- The work is done: the row goes, unless something came meanwhile; then it is due again at once.
CREATE OR REPLACE FUNCTION work_done(p_organization uuid, p_kind text, p_ref uuid, p_lease uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE due_work SET lease = NULL, leased_until = NULL, dirty = false, attempts = 0, due_at = now(),
                      first_due_at = now()
   WHERE organization_id = p_organization AND kind = p_kind AND ref = p_ref AND lease = p_lease AND dirty;
  IF NOT FOUND THEN
    DELETE FROM due_work
     WHERE organization_id = p_organization AND kind = p_kind AND ref = p_ref AND lease = p_lease;
  END IF;
END $$;

-- The work is to be looked at again later.
CREATE OR REPLACE FUNCTION work_later(p_organization uuid, p_kind text, p_ref uuid, p_lease uuid, p_due timestamptz)
RETURNS void
LANGUAGE sql AS $$
  UPDATE due_work SET lease = NULL, leased_until = NULL, dirty = false, attempts = 0, due_at = p_due
   WHERE organization_id = p_organization AND kind = p_kind AND ref = p_ref AND lease = p_lease
$$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['work_add(uuid, text, uuid, timestamptz)', 'work_claim(int, int)', 'work_next_ms()',
                           'work_done(uuid, text, uuid, uuid)', 'work_later(uuid, text, uuid, uuid, timestamptz)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
