"""What tests share: a small county (`factories.County`: `do`, `file`, `resolve`, `confirm`), clients, files, invariants."""
