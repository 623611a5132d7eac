"""E2B's wire protocol, one file a resource."""
