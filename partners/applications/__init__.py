"""From a public application to a partner in onboarding (workflows.md, part c)."""
