"""What was made public and what the bank said are kept as they were."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION contracts_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'contracts: % is kept as it was', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER contracts_publication_kept BEFORE UPDATE ON contracts_publication FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.price_fen IS DISTINCT FROM NEW.price_fen
          OR OLD.buyer_name IS DISTINCT FROM NEW.buyer_name OR OLD.method IS DISTINCT FROM NEW.method
          OR OLD.sale_id IS DISTINCT FROM NEW.sale_id OR OLD.basis IS DISTINCT FROM NEW.basis)
    EXECUTE FUNCTION contracts_kept();
CREATE TRIGGER contracts_publication_stays BEFORE DELETE ON contracts_publication FOR EACH ROW
    EXECUTE FUNCTION contracts_kept();
CREATE TRIGGER contracts_receipt_kept BEFORE UPDATE OR DELETE ON contracts_receipt FOR EACH ROW
    EXECUTE FUNCTION contracts_kept();
"""
BACK = """
DROP TRIGGER contracts_receipt_kept ON contracts_receipt;
DROP TRIGGER contracts_publication_stays ON contracts_publication;
DROP TRIGGER contracts_publication_kept ON contracts_publication;
DROP FUNCTION contracts_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
