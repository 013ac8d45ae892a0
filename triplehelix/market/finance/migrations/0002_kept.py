"""What a firm agreed to, and what was paid, are kept as they were."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION finance_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'finance: % is kept as it was', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER finance_consent_kept BEFORE UPDATE ON finance_consent FOR EACH ROW
    WHEN (OLD.application_id IS DISTINCT FROM NEW.application_id OR OLD.text IS DISTINCT FROM NEW.text
          OR OLD.fields IS DISTINCT FROM NEW.fields OR OLD.purpose IS DISTINCT FROM NEW.purpose
          OR OLD.until IS DISTINCT FROM NEW.until OR OLD.version IS DISTINCT FROM NEW.version
          OR OLD.given_at IS DISTINCT FROM NEW.given_at OR OLD.given_by_id IS DISTINCT FROM NEW.given_by_id
          OR OLD.ended_at IS NOT NULL)
    EXECUTE FUNCTION finance_kept();
CREATE TRIGGER finance_consent_stays BEFORE DELETE ON finance_consent FOR EACH ROW EXECUTE FUNCTION finance_kept();
CREATE TRIGGER finance_payment_kept BEFORE UPDATE OR DELETE ON finance_payment FOR EACH ROW
    EXECUTE FUNCTION finance_kept();
CREATE TRIGGER finance_recovery_kept BEFORE UPDATE OR DELETE ON finance_recovery FOR EACH ROW
    EXECUTE FUNCTION finance_kept();
"""
BACK = """
DROP TRIGGER finance_recovery_kept ON finance_recovery;
DROP TRIGGER finance_payment_kept ON finance_payment;
DROP TRIGGER finance_consent_stays ON finance_consent;
DROP TRIGGER finance_consent_kept ON finance_consent;
DROP FUNCTION finance_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
