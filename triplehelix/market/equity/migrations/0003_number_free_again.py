"""The number of a deal that was refused, withdrawn or annulled is free for the one that is entered again, put right."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0002_project_versions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='deal',
            name='deal_number_once',
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.UniqueConstraint(
                models.F('fund'), models.F('number'),
                condition=~Q(state__in=['refused', 'withdrawn', 'annulled']), name='deal_number_once',
            ),
        ),
    ]
