"""A message stays as it was said, but for the cipher of its words, which `./run manage rekey` renews when keys change.

It says so in its transaction; nothing else does. That the words are the same is what the trail's digest is for.
"""

from django.db import migrations

FORWARD = """
DROP TRIGGER introductions_message_kept ON introductions_message;
CREATE TRIGGER introductions_message_kept BEFORE UPDATE ON introductions_message FOR EACH ROW
    WHEN (current_setting('triplehelix.encrypting_anew', true) IS DISTINCT FROM 'on'
          OR to_jsonb(OLD) - 'text' IS DISTINCT FROM to_jsonb(NEW) - 'text')
    EXECUTE FUNCTION introductions_kept();
CREATE TRIGGER introductions_message_stays BEFORE DELETE ON introductions_message FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
"""
BACK = """
DROP TRIGGER introductions_message_stays ON introductions_message;
DROP TRIGGER introductions_message_kept ON introductions_message;
CREATE TRIGGER introductions_message_kept BEFORE UPDATE OR DELETE ON introductions_message FOR EACH ROW
    EXECUTE FUNCTION introductions_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("introductions", "0006_void_meeting")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
