"""Files as people bring them: BibTeX, an ORCID record, OpenAlex works."""

import json

BIBTEX = r"""% 课题组论文
@article{rong2024,
  title = {Low-temperature curing of {TGIC}-free powder coatings with \"u},
  author = {Rong, Zhige and Zhang, San},
  journal = {Progress in Coatings}, year = 2024, doi = {10.1000/ABC.1}, keywords = {powder coatings; curing}
}
@article{r3, title = {低温固化粉末涂料的流平机理}, author = {容止戈 and 张三}, journal = {涂料}, year = {2023}}
@patent{rong22, title = {一种低温固化粉末涂料}, author = {容止戈}, year = 2022, url = {javascript:alert(1)}}
"""

ORCID = json.dumps({
    "orcid-identifier": {"path": "0000-0002-1825-0097"},
    "person": {"name": {"given-names": {"value": "Zhige"}, "family-name": {"value": "Rong"}}},
    "activities-summary": {
        "employments": {"affiliation-group": [
            {"summaries": [{"employment-summary": {"organization": {"name": "示例9301厂"}}}]}
        ]},
        "works": {"group": [
            {"work-summary": [{
                "put-code": 11, "type": "journal-article",
                "title": {"title": {"value": "Low-temperature curing of TGIC-free powder coatings with ü"}},
                "publication-date": {"year": {"value": "2024"}},
                "external-ids": {"external-id": [
                    {"external-id-type": "doi", "external-id-value": "https://doi.org/10.1000/abc.1"}
                ]},
            }]},
            {"work-summary": [{
                "put-code": 12, "type": "journal-article", "journal-title": {"value": "Coatings"},
                "title": {"title": {"value": "Edge coverage of powder coatings"}},
                "publication-date": {"year": {"value": "2021"}},
            }]},
        ]},
    },
})  # fmt: skip

OPENALEX = json.dumps({"results": [{
    "id": "https://openalex.org/W42", "doi": "https://doi.org/10.1000/abc.1", "title": "Low-temperature curing",
    "publication_year": 2024, "primary_location": {"source": {"display_name": "Progress in Coatings"}},
    "authorships": [
        {"author": {"id": "https://openalex.org/A7", "display_name": "Zhige Rong",
                    "orcid": "https://orcid.org/0000-0002-1825-0097"},
         "raw_affiliation_strings": ["School of Coatings, 示例9301厂"], "institutions": []},
        {"author": {"id": "https://openalex.org/A8", "display_name": "San Zhang", "orcid": None},
         "raw_affiliation_strings": [], "institutions": [{"display_name": "Elsewhere University"}]},
    ],
    "topics": [{"display_name": "Powder coatings"}],
    "abstract_inverted_index": {"Curing": [0], "at": [1, 3], "once": [2]},
}]})  # fmt: skip
