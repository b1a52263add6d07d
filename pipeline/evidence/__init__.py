"""Why a clip may leave or may not: consent, doubts, approval, the report that is filed, the audit that counts."""
