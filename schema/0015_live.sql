-- 0015 live: what the feed's lookup may read. Twice a second the service compares the newest numbers of the stores that are
-- followed with what it has told, for all of them in one statement; so a lost wake-up costs half a second and no event.

GRANT SELECT (organization_id, last_event) ON organization_counters TO switchback_lookup;
CREATE POLICY lookup ON organization_counters FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
