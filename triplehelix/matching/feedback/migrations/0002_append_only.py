"""What was said stays said, and so does which model ranked when: rows are only added."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION feedback_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'judgements and switches are only added: a later row says otherwise'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER judgement_stays BEFORE UPDATE OR DELETE ON feedback_judgement
    FOR EACH ROW EXECUTE FUNCTION feedback_row_stays();
CREATE TRIGGER switch_stays BEFORE UPDATE OR DELETE ON feedback_switch
    FOR EACH ROW EXECUTE FUNCTION feedback_row_stays();
"""

BACKWARD = """
DROP TRIGGER switch_stays ON feedback_switch;
DROP TRIGGER judgement_stays ON feedback_judgement;
DROP FUNCTION feedback_row_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_tables")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
