"""A published list stays as it is: its row and its entries refuse UPDATE and DELETE, and it takes no further entry.

A list has `size` places, counted from 1, each taken once (list_entry_has_its_place): when all are taken, and none can be
freed, nothing can be added. A superuser can switch the triggers off; the digest in the trail tells.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION published_list_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published list stays as it is: a mistake is corrected by a list that replaces it'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_list_stays BEFORE UPDATE OR DELETE ON lists_publishedlist
    FOR EACH ROW EXECUTE FUNCTION published_list_stays();
CREATE TRIGGER list_entry_stays BEFORE UPDATE OR DELETE ON lists_listentry
    FOR EACH ROW EXECUTE FUNCTION published_list_stays();

CREATE FUNCTION list_entry_has_a_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq > (SELECT size FROM lists_publishedlist WHERE id = NEW.list_id) THEN
        RAISE EXCEPTION 'a published list takes no further entry'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_entry_has_a_place BEFORE INSERT ON lists_listentry
    FOR EACH ROW EXECUTE FUNCTION list_entry_has_a_place();
"""

BACKWARD = """
DROP TRIGGER list_entry_has_a_place ON lists_listentry;
DROP FUNCTION list_entry_has_a_place();
DROP TRIGGER list_entry_stays ON lists_listentry;
DROP TRIGGER published_list_stays ON lists_publishedlist;
DROP FUNCTION published_list_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
