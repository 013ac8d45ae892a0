"""Sources of works read into one shape: sheets, BibTeX, ORCID and OpenAlex files, Dublin Core."""
