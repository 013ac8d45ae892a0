"""A signed intent stays as it was, but for why it is void, which is written once."""

from django.db import migrations

FORWARD = """
DROP TRIGGER introductions_intent_kept ON introductions_intent;
CREATE TRIGGER introductions_intent_kept BEFORE UPDATE ON introductions_intent FOR EACH ROW
    WHEN (OLD.void_why <> '' OR to_jsonb(OLD) - 'void_why' IS DISTINCT FROM to_jsonb(NEW) - 'void_why')
    EXECUTE FUNCTION introductions_kept();
CREATE TRIGGER introductions_intent_stays BEFORE DELETE ON introductions_intent FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
"""
BACK = """
DROP TRIGGER introductions_intent_stays ON introductions_intent;
DROP TRIGGER introductions_intent_kept ON introductions_intent;
CREATE TRIGGER introductions_intent_kept BEFORE UPDATE OR DELETE ON introductions_intent FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("introductions", "0003_void_intent")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
