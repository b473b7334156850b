"""The coverage map: where active, authorised, certified partners stand, and where they really sell (docs/authorisations.md)."""
