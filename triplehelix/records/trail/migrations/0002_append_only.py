"""What is written stays: entries and seals refuse UPDATE and DELETE. Only an entry's seal may be set, once.

A superuser can switch the trigger off; that is what `./run verify` is for.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION trail_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
       AND to_jsonb(OLD) - 'seal_id' = to_jsonb(NEW) - 'seal_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the trail is append-only: row % stays as it was written', OLD.seq
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trail_entry_stays BEFORE UPDATE OR DELETE ON trail_entry
    FOR EACH ROW EXECUTE FUNCTION trail_entry_stays();

CREATE FUNCTION trail_seal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only: seal % stays as it was written', OLD.n
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER trail_seal_stays BEFORE UPDATE OR DELETE ON trail_seal
    FOR EACH ROW EXECUTE FUNCTION trail_seal_stays();
"""

BACKWARD = """
DROP TRIGGER trail_entry_stays ON trail_entry;
DROP FUNCTION trail_entry_stays();
DROP TRIGGER trail_seal_stays ON trail_seal;
DROP FUNCTION trail_seal_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
