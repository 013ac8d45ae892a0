"""A publication is kept whole: nothing of it can be edited, and its last day only moves later."""

from django.db import migrations

FORWARD = """
DROP TRIGGER contracts_publication_kept ON contracts_publication;
CREATE TRIGGER contracts_publication_kept BEFORE UPDATE ON contracts_publication FOR EACH ROW
    WHEN ((OLD.sale_id, OLD.method, OLD.name, OLD.buyer_name, OLD.price_fen, OLD.basis, OLD.document,
           OLD.objections_to, OLD.unit_first, OLD.unit_proof_id, OLD.first, OLD.days, OLD.day_kind, OLD.published_at,
           OLD.published_by_id)
          IS DISTINCT FROM
          (NEW.sale_id, NEW.method, NEW.name, NEW.buyer_name, NEW.price_fen, NEW.basis, NEW.document,
           NEW.objections_to, NEW.unit_first, NEW.unit_proof_id, NEW.first, NEW.days, NEW.day_kind, NEW.published_at,
           NEW.published_by_id)
          OR NEW.last < OLD.last OR OLD.is_over AND NOT NEW.is_over)
    EXECUTE FUNCTION contracts_kept();
"""
BACK = """
DROP TRIGGER contracts_publication_kept ON contracts_publication;
CREATE TRIGGER contracts_publication_kept BEFORE UPDATE ON contracts_publication FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.price_fen IS DISTINCT FROM NEW.price_fen
          OR OLD.buyer_name IS DISTINCT FROM NEW.buyer_name OR OLD.method IS DISTINCT FROM NEW.method
          OR OLD.sale_id IS DISTINCT FROM NEW.sale_id OR OLD.basis IS DISTINCT FROM NEW.basis)
    EXECUTE FUNCTION contracts_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_proposals_and_answers")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
