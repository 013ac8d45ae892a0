"""What was sent and what was received stays as it was: both tables refuse UPDATE and DELETE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION exchange_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said between markets stays as it is: a later statement replaces it'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER feed_entry_stays BEFORE UPDATE OR DELETE ON exchange_feedentry
    FOR EACH ROW EXECUTE FUNCTION exchange_stays();
CREATE TRIGGER received_stays BEFORE UPDATE OR DELETE ON exchange_received
    FOR EACH ROW EXECUTE FUNCTION exchange_stays();
"""

BACKWARD = """
DROP TRIGGER received_stays ON exchange_received;
DROP TRIGGER feed_entry_stays ON exchange_feedentry;
DROP FUNCTION exchange_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
