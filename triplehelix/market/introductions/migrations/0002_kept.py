"""Versions of terms and signed intents stay as they were: a version's text never changes, and a given acceptance neither."""

from django.db import migrations

CONTENT = (
    "introduction_id n side proposed_at proposed_by_id mode structure price_fen rows royalty_ppm royalty_base equity_bp"
    " rights delivery other why"
).split()
GIVEN = "need_accepted_at need_accepted_by_id achievement_accepted_at achievement_accepted_by_id".split()
CHANGED = " OR ".join(
    [f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in CONTENT]
    + [f"(OLD.{name} IS NOT NULL AND OLD.{name} IS DISTINCT FROM NEW.{name})" for name in GIVEN]
)

FORWARD = f"""
CREATE FUNCTION introductions_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'introductions: % is kept as it was', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER introductions_version_kept BEFORE UPDATE ON introductions_version FOR EACH ROW
    WHEN ({CHANGED}) EXECUTE FUNCTION introductions_kept();
CREATE TRIGGER introductions_version_stays BEFORE DELETE ON introductions_version FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
CREATE TRIGGER introductions_intent_kept BEFORE UPDATE OR DELETE ON introductions_intent FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
CREATE TRIGGER introductions_message_kept BEFORE UPDATE OR DELETE ON introductions_message FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
"""
BACK = """
DROP TRIGGER introductions_message_kept ON introductions_message;
DROP TRIGGER introductions_intent_kept ON introductions_intent;
DROP TRIGGER introductions_version_stays ON introductions_version;
DROP TRIGGER introductions_version_kept ON introductions_version;
DROP FUNCTION introductions_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("introductions", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
