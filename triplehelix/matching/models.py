"""Tables of the matching index. Only `index` writes them; all of it can be made again from the listings (`reindex`).

One table holds documents of every kind, so that a search is one query under one set of permissions. Terms are stable
numbers (foundation.text.term_id); PostgreSQL never sees the segmentation.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, SparseVectorField

from triplehelix.foundation.text import TERM_SPACE

#: Term numbers are 1 … TERM_SPACE; sparsevec counts its dimensions from 1 as well.
DIMENSIONS = TERM_SPACE


class Document(models.Model):
    """What can be found: one row per listing that somebody may find.

    `terms` are its distinct terms, `weights` the document's side of BM25 made with the average length `basis`,
    `length` its number of term occurrences. `vector` is the unit vector of the whole by `encoder` ('' while it is not
    made yet). `audiences` name who may find it (records.parties.access). `text_hash` covers title and text, all that
    terms and vector are made from.
    """

    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    title = models.TextField()
    text = models.TextField(blank=True)
    holder = models.TextField(blank=True)
    organisation = models.BigIntegerField(null=True)
    audiences = ArrayField(models.TextField())
    field = models.CharField(max_length=40, blank=True)
    chain = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=20, blank=True)
    region_wanted = models.CharField(max_length=20, blank=True)
    trl = models.SmallIntegerField(null=True)
    modes = ArrayField(models.TextField(), default=list)
    rights = models.CharField(max_length=10, blank=True)
    terms = ArrayField(models.IntegerField())
    weights = SparseVectorField(dimensions=DIMENSIONS)
    length = models.IntegerField()
    basis = models.FloatField()
    text_hash = models.BinaryField()
    vector = HalfVectorField(null=True)  # of any number of dimensions: encoders differ, the table does not
    encoder = models.CharField(max_length=80, blank=True)
    made_with = models.SmallIntegerField()
    indexed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("索引条目")
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="document_one_per_subject")]
        indexes = [
            models.Index("kind", "organisation", name="document_by_organisation"),
            models.Index("kind", "chain", name="document_by_chain"),
            models.Index("kind", "region", name="document_by_region"),
            models.Index("kind", "field", name="document_by_field"),
            models.Index("encoder", "id", name="document_by_encoder"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.title}"


class Term(models.Model):
    """In how many documents of a kind a term occurs."""

    pk = models.CompositePrimaryKey("kind", "term")
    kind = models.CharField(max_length=40)
    term = models.IntegerField()
    df = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.term}: {self.df}"


class Corpus(models.Model):
    """The sums of a kind: `n` documents with `length` term occurrences together.

    `basis` is the average length new weights are made with; it moves only when all weights are made again.
    """

    kind = models.CharField(max_length=40, primary_key=True)
    n = models.BigIntegerField(default=0)
    length = models.BigIntegerField(default=0)
    basis = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.n}"


class Space(models.Model):
    """Where the vectors of a kind lie, by one encoder: their mean and second moment, as little-endian float64.

    Scores are deviations from it. It moves slowly, so it is made in the background when enough has changed, not with
    every document; `n` is how many vectors it was made from, `renewed` how many were made or made anew since.
    """

    kind = models.CharField(max_length=40)
    encoder = models.CharField(max_length=80)
    n = models.BigIntegerField()
    mean = models.BinaryField()
    moment = models.BinaryField()
    made_at = models.DateTimeField()
    renewed = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "encoder"], name="space_one_per_encoder")]

    def __str__(self) -> str:
        return f"{self.kind} {self.encoder}: {self.n}"
