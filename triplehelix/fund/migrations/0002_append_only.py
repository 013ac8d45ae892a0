"""Movements stay as they were written: a trigger refuses UPDATE and DELETE. A correction is a second row."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fund_movement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: movement % stays as it was written', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fund_movement_stays BEFORE UPDATE OR DELETE ON fund_movement
    FOR EACH ROW EXECUTE FUNCTION fund_movement_stays();
"""

BACKWARD = """
DROP TRIGGER fund_movement_stays ON fund_movement;
DROP FUNCTION fund_movement_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
